// The form of a returnee as the service takes it (services/portal/returnees/forms.py does the same on the server), and what can be said
// about it without asking: the service judges again. Nothing is compared with this device's clock, which may be wrong.

import { isReference } from "built:field-seal.js";

const needed = ["name", "sex", "age_band", "district", "country", "returned_on", "return_reason"];
const texts = [
  "name", "name_bn", "sex", "age_band", "disability", "phone", "second_phone", "district", "upazila", "village", "country", "return_reason", "proof",
  "father", "mother", "of",
];
const days = ["departed_on", "returned_on"];
const papers = ["documents.0", "documents.1"];

const digits = (written) => written.replace(/[০-৯٠-٩۰-۹]/g, (digit) => String((digit.codePointAt(0) - (digit >= "০" ? 0x9e6 : digit >= "۰" ? 0x6f0 : 0x660))));

export function fieldsOf(form) {
  const fields = {};
  for (const [name, value] of new FormData(form)) if (String(value).trim()) (fields[name] ??= []).push(String(value).trim());
  return fields;
}

export function put(form, fields) {
  for (const control of form.elements) {
    if (!control.name) continue;
    const values = fields[control.name] ?? [];
    if (control.type === "radio" || control.type === "checkbox") control.checked = values.includes(control.value);
    else if (control.tagName !== "BUTTON") control.value = values[0] ?? "";
  }
}

function dayOf(fields, name) {
  const [year, month, day] = ["year", "month", "day"].map((part) => digits(fields[`${name}.${part}`]?.[0] ?? ""));
  if (!year && !month && !day) return "";
  const written = `${year.padStart(4, "0")}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const known = new Date(`${written}T00:00:00Z`);
  return Number.isNaN(known.getTime()) || known.toISOString().slice(0, 10) !== written ? null : written;
}

export function faultsOf(fields, words) {
  const faults = {};
  const first = (name) => fields[name]?.[0] ?? "";
  for (const name of needed) if (!first(name) && !days.includes(name)) faults[name] = words.wordsNeeded;
  for (const name of days) if (dayOf(fields, name) === null) faults[name] = words.wordsDate;
  if (dayOf(fields, "returned_on") === "") faults.returned_on = words.wordsNeeded;
  const [left, back] = days.map((name) => dayOf(fields, name));
  if (left && back && left > back) faults.departed_on = words.wordsLate;
  const number = digits(first("documents.0.number")).replace(/[\s\-_./]+/g, "");
  if (first("documents.0.kind") === "nid" && number && !/^(\d{10}|\d{13}|\d{17})$/.test(number)) faults["documents.0.number"] = words.wordsNid;
  if (first("birth_year") && !/^\d{4}$/.test(digits(first("birth_year")))) faults.birth_year = words.wordsNumber;
  if (first("of") && !isReference(digits(first("of")))) faults.of = words.wordsUnlike;
  if ((first("guardian.relation") || first("guardian.phone")) && !first("guardian.name")) faults["guardian.name"] = words.wordsNeeded;
  if (first("guardian.name") && !first("guardian.relation")) faults["guardian.relation"] = words.wordsNeeded;
  return faults;
}

export function registrationOf(fields) {
  const first = (name) => fields[name]?.[0] ?? "";
  const made = {};
  for (const name of texts) if (first(name)) made[name] = first(name);
  for (const name of days) if (dayOf(fields, name)) made[name] = dayOf(fields, name);
  for (const name of ["flags", "owed"]) if (fields[name]) made[name] = fields[name];
  if (first("birth_year")) made.birth_year = Number(digits(first("birth_year")));
  if (first("neutral_slip")) made.neutral_slip = true;
  if (first("guardian.name")) {
    made.guardian = { name: first("guardian.name"), relation: first("guardian.relation") };
    if (first("guardian.phone")) made.guardian.phone = first("guardian.phone");
  }
  const shown = papers.map((paper) => [first(`${paper}.kind`), first(`${paper}.number`)]).filter(([kind, number]) => number || (kind && kind !== "none"));
  if (shown.length) made.documents = shown.map(([kind, number]) => ({ kind: !kind || kind === "none" ? "other" : kind, ...(number && { number }) }));
  const asked = ["health_check", "counselling"].filter((kind) => first(`arrival.${kind}`)).map((kind) => ({ kind, outcome: first(`arrival.${kind}`) }));
  const arrival = [...asked, ...(fields["arrival.given"] ?? []).map((kind) => ({ kind, outcome: "done" }))];
  if (arrival.length) made.arrival = arrival;
  return made;
}

function titled(label, said) {
  const question = label.firstChild.textContent.trim();
  return `${question}${question.endsWith("?") ? "" : ":"} ${said}`;
}

const idOf = (name) => name.replaceAll(".", "-");

// Beside each field and in one list above, as the server shows them.
export function showFaults(form, summary, faults, word) {
  form.querySelectorAll(".govuk-form-group--error").forEach((group) => group.classList.remove("govuk-form-group--error"));
  form.querySelectorAll(".govuk-error-message").forEach((message) => message.remove());
  const list = summary.querySelector("ul");
  list.replaceChildren();
  const place = (name) => [...form.elements].findIndex((control) => control.id === idOf(name));
  for (const [name, said] of Object.entries(faults).sort(([one], [other]) => place(one) - place(other))) {
    const control = document.getElementById(idOf(name));
    const group = control.closest(".govuk-date-input")?.closest("fieldset").closest(".govuk-form-group") ?? control.closest("fieldset.govuk-fieldset")?.closest(".govuk-form-group") ?? control.closest(".govuk-form-group");
    group.classList.add("govuk-form-group--error");
    const label = group.querySelector("legend, label");
    label.after(messageOf(name, said, word));
    control.setAttribute("aria-describedby", `${idOf(name)}-error`);
    control.closest("details")?.setAttribute("open", "");
    const link = Object.assign(document.createElement("a"), { href: `#${idOf(name)}`, textContent: titled(label, said) });
    list.append(document.createElement("li"));
    list.lastChild.append(link);
  }
  summary.hidden = !Object.keys(faults).length;
  if (!summary.hidden) summary.focus();
}

function messageOf(name, said, word) {
  const message = Object.assign(document.createElement("p"), { id: `${idOf(name)}-error`, className: "govuk-error-message" });
  const hidden = Object.assign(document.createElement("span"), { className: "govuk-visually-hidden", textContent: `${word} ` });
  message.append(hidden, said);
  return message;
}
