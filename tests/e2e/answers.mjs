// answers.mjs - what the applicant of the story answers, section by section, by the names of the pack's form.
// An invented person: her name is written in Arabic and in Latin letters, and of her birth only the month is known.

export const BIRTH = { month: "4", year: "1991", unknown: true };
export const STORY = "I wrote about the strike in the harbour for a small paper. Two men came to my home at night. They said that I would disappear if I wrote again. I left two weeks later.";

// Each list is filled in order: an answer can bring new questions, which come when the page is sent.
export const SECTIONS = {
  names: [{ family_name: "حسيني", given_names: "مريم" }],
  birth: [{ birth_date: BIRTH, birth_date_basis: "told", birth_country: "IRN", sex: "2", civil_status: "married" }],
  nationality: [{ nationalities: "IRN" }],
  family: [{ has_family: "yes" }],
  languages: [{ languages: "fas", interpreter_language: "fas", interpreter_sex: "female", reading: "yes" }],
  contact: [{ channel: "online", address: "Reception centre 4\nHarbour Road 1", has_device: "yes", place_kind: "reception" }],
  documents: [{ has_documents: "yes" }],
  journey: [{ left_on: { month: "8", year: "2026", unknown: true }, entered_on: { day: "2", month: "11", year: "2026" },
    entry_means: "land", had_visa: "no" }],
  reasons: [{ claim_reasons: ["opinion"], story: STORY, fear: "I would be arrested when I return." }],
  needs: [{ urgent_help: "no" }],
  earlier: [{ has_earlier: "no" }],
  representative: [{ has_representative: "no" }],
};

// Entries of lists: section -> list, and the answers of one entry.
export const ENTRIES = {
  family: ["family", { relation: "child", family_name: "حسيني", given_names: "سارا", birth_date: { year: "2016", unknown: true },
    whereabouts: "with_me" }],
  documents: ["identity_documents", { kind: "passport", country: "IRN", number: "K12345678" }],
};

const pad = (n) => String(n).padStart(2, "0");

// A day and a time of day by the authority's clock, some days from now.
export function moment(days, time, zone = "Europe/Brussels") {
  const part = Object.fromEntries(new Intl.DateTimeFormat("en-GB", { timeZone: zone, year: "numeric", month: "numeric", day: "numeric" })
    .formatToParts(new Date(Date.now() + days * 86_400_000)).map((p) => [p.type, p.value])); // parts: how a locale joins them changes
  const { year, month, day } = part;
  return { day: String(+day), month: String(+month), year, time, iso: `${year}-${pad(+month)}-${pad(+day)}T${time}` };
}

// The next day from `days` on that is no weekend.
export function workingDay(days, time) {
  for (let i = days; ; i++) {
    const weekday = new Date(Date.now() + i * 86_400_000).getUTCDay();
    if (weekday !== 0 && weekday !== 6) return moment(i, time);
  }
}

// ---- what officers write

export const RECORD = "The applicant says that she wrote about the harbour strike of 2025. She names the paper, the editor and the dates of four articles. She describes the visit of two men at night.";
export const DECISION = {
  outcome: "rejected",
  legal_basis: "Reg. (EU) 2024/1347 Art. 4",
  facts: "The applicant worked as a writer for a small paper. She wrote four articles about the strike of 2025 in the harbour, under her own name.",
  evidence: "Four articles that she brought, the record of the interview with its corrections, and two reports on the country.",
  assessment: "The reports do not show that writers of small papers were pursued after the strike had ended. The applicant could live in the capital without danger.",
  suggestion_view: "ignored",
};
