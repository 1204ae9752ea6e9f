// Keys: a box for the service (kit/boxes.py says its form), a key out of a PIN for the draft, and the number on the slip.

const text = new TextEncoder();
const curve = { name: "ECDH", namedCurve: "P-256" };
const info = text.encode("probashi:1:box");
const rounds = 600_000; // OWASP's figure for PBKDF2-HMAC-SHA-256

const fromBase64 = (written) => Uint8Array.from(atob(written.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));

function toBase64(bytes) {
  let written = "";
  for (const byte of bytes) written += String.fromCharCode(byte);
  return btoa(written).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

// Whoever made the box cannot open it: the ephemeral private half is never kept.
export async function sealedFor(key, content, context) {
  const point = fromBase64(key.public_key);
  const receiver = await crypto.subtle.importKey("raw", point, curve, false, []);
  const ephemeral = await crypto.subtle.generateKey(curve, false, ["deriveBits"]);
  const own = new Uint8Array(await crypto.subtle.exportKey("raw", ephemeral.publicKey));
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: receiver }, ephemeral.privateKey, 256);
  const material = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const hkdf = { name: "HKDF", hash: "SHA-256", salt: joined(own, point), info };
  const cipher = await crypto.subtle.deriveKey(hkdf, material, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const gcm = { name: "AES-GCM", iv: nonce, additionalData: text.encode(context) };
  const sealed = new Uint8Array(await crypto.subtle.encrypt(gcm, cipher, text.encode(JSON.stringify(content))));
  return toBase64(joined(own, nonce, sealed));
}

export const newSalt = () => crypto.getRandomValues(new Uint8Array(16));

export async function keyOfPin(pin, salt) {
  const material = await crypto.subtle.importKey("raw", text.encode(pin), "PBKDF2", false, ["deriveKey"]);
  const pbkdf2 = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
  return crypto.subtle.deriveKey(pbkdf2, material, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

export async function locked(key, value) {
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  return { nonce, sealed: await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, key, text.encode(JSON.stringify(value))) };
}

// Throws where the key is another's.
export async function unlocked(key, { nonce, sealed }) {
  return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv: nonce }, key, sealed)));
}

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

// As kit/reference.py has it: the person leaves with the number that the record will have.
function remainder(symbols) {
  let total = 0;
  for (const symbol of symbols) {
    total <<= 1;
    if (total & 32) total ^= 0b100101;
    total ^= alphabet.indexOf(symbol);
  }
  return total;
}

export function newReference() {
  const drawn = Array.from(crypto.getRandomValues(new Uint8Array(7)), (byte) => alphabet[byte & 31]).join("");
  const symbols = `R${drawn}`;
  const whole = symbols + alphabet[remainder(`${symbols}0`)];
  return `${whole[0]}-${whole.slice(1, 5)}-${whole.slice(5)}`;
}

export function isReference(typed) {
  const plain = typed.toUpperCase().replaceAll("O", "0").replace(/[IL]/g, "1").replace(/[\s\-–—−_./]+/g, "");
  const symbols = plain.length > 8 ? plain : `R${plain}`;
  return symbols.length === 9 && symbols[0] === "R" && [...symbols].every((one) => alphabet.includes(one)) && remainder(symbols) === 0;
}
