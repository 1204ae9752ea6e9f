// What a device keeps of registrations without a connection: boxes that it cannot open, the draft behind the PIN, what became of each box.

const asked = (request) =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });

const ended = (transaction) =>
  new Promise((done, failed) => {
    transaction.oncomplete = () => done();
    transaction.onabort = transaction.onerror = () => failed(transaction.error ?? new Error("aborted"));
  });

export async function openStore() {
  const request = indexedDB.open("field", 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("own");
    request.result.createObjectStore("queue", { keyPath: "id" });
    request.result.createObjectStore("told", { keyPath: "id" });
  };
  const database = await asked(request);
  // Strict: on the disk when it says so. A tablet whose battery dies has lost nothing that was called finished.
  const begin = (stores, mode) => database.transaction(stores, mode, { durability: "strict" });

  async function write(stores, change) {
    const transaction = begin(stores, "readwrite");
    change((name) => transaction.objectStore(name));
    await ended(transaction);
  }

  return {
    read: (name) => asked(begin("own", "readonly").objectStore("own").get(name)),
    write: (name, value) => write("own", (store) => store("own").put(value, name)),
    forget: (...names) => write("own", (store) => names.forEach((name) => store("own").delete(name))),
    queue: () => asked(begin("queue", "readonly").objectStore("queue").getAll()),
    told: () => asked(begin("told", "readonly").objectStore("told").getAll()),
    // Finished and unfinished change places in one transaction: never both, never neither.
    finish: (entry) => write(["own", "queue"], (store) => {
      store("queue").add(entry);
      store("own").delete("draft");
    }),
    // What was answered: taken entries leave the queue and leave a line, the others stay.
    settle: (gone, kept, lines) => write(["queue", "told"], (store) => {
      for (const id of gone) store("queue").delete(id);
      for (const entry of kept) store("queue").put(entry);
      for (const line of lines) store("told").put(line);
    }),
    remove: (id) => write(["queue", "told"], (store) => {
      store("queue").delete(id);
      store("told").delete(id);
    }),
  };
}
