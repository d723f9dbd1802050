//! The lines of a calendar for the page, written as one JSON text: for thousands of lines a tenth of the time that setting
//! properties one by one takes.
use crate::{error::Failure, names};
use core::fmt::{Display, Write};
use js_sys::JSON;
use vestibule_core::{
    limits,
    wire::{appointment::Place, directory::Catalog, entry::EntryKind},
};
use vestibule_edge_crypto::{
    client::practice::{CalendarLine, Shown},
    staff::Summary,
};
use wasm_bindgen::JsValue;

/// `AppointmentView[]` of the page (`web/src/lib/api.ts`).
pub(crate) fn show(catalog: &Catalog, lines: &[CalendarLine]) -> Result<JsValue, Failure> {
    JSON::parse(&json(catalog, lines)).map_err(|_| Failure::input("input"))
}

/// The JSON text of the lines.
pub(crate) fn json(catalog: &Catalog, lines: &[CalendarLine]) -> String {
    let mut out = Object { text: String::with_capacity(lines.len() * 640 + 2), first: true };
    out.text.push('[');
    for (n, line) in lines.iter().enumerate() {
        out.text.push_str(if n == 0 { "{" } else { ",{" });
        out.first = true;
        out.plain("id", line.appointment);
        out.bare("start", line.start.0);
        if let Some(place) = &line.place {
            out.place(catalog, place);
        }
        match &line.result {
            Ok(shown) => {
                out.summary(shown.summary());
                if let Shown::Checking(_) = shown {
                    out.bare("checking", true);
                }
            }
            Err(problem) => {
                out.plain("state", "booked");
                out.plain("problem", problem.code());
            }
        }
        out.text.push('}');
    }
    out.text.push(']');
    out.text
}

/// A JSON object that is being written.
struct Object {
    text: String,
    first: bool,
}

impl Object {
    fn name(&mut self, name: &str) {
        self.text.push_str(if self.first { "\"" } else { ",\"" });
        self.first = false;
        self.text.push_str(name);
        self.text.push_str("\":");
    }

    /// A number or boolean.
    fn bare(&mut self, name: &str, value: impl Display) {
        self.name(name);
        // Writing to a String cannot fail; so below.
        let _ = write!(self.text, "{value}");
    }

    /// Text of our own making, without anything to escape: ids, codes.
    fn plain(&mut self, name: &str, value: impl Display) {
        self.name(name);
        let _ = write!(self.text, "\"{value}\"");
    }

    fn string(&mut self, name: &str, value: &str) {
        self.name(name);
        self.text.push('"');
        escape(&mut self.text, value);
        self.text.push('"');
    }

    fn place(&mut self, catalog: &Catalog, place: &Place) {
        self.bare("minutes", place.cells.saturating_mul(limits::CELL_MINUTES));
        self.plain("resource", place.resource);
        let name = catalog.resources.iter().find(|r| r.id == place.resource).map(|r| r.name.as_str());
        self.string("resourceName", name.unwrap_or_default());
    }

    fn summary(&mut self, summary: &Summary) {
        self.plain("state", names::state(summary.state));
        self.plain("service", summary.service);
        self.string("serviceName", &summary.service_name);
        self.string("name", &summary.contact.name);
        self.string("email", &summary.contact.email);
        self.string("phone", &summary.contact.phone);
        self.string("birthDate", &summary.contact.birth_date);
        self.string("reason", &summary.reason);
        if let Some(answers) = &summary.answers {
            self.name("answers");
            for (n, answer) in answers.iter().enumerate() {
                self.text.push_str(if n == 0 { "[[\"" } else { "\"],[\"" });
                escape(&mut self.text, &answer.question);
                self.text.push_str("\",\"");
                escape(&mut self.text, &answer.answer);
            }
            self.text.push_str(if answers.is_empty() { "[]" } else { "\"]]" });
        }
        if let Some(also) = &summary.also {
            self.name("also");
            for (n, service) in also.iter().enumerate() {
                let _ = write!(self.text, "{}\"{service}\"", if n == 0 { '[' } else { ',' });
            }
            self.text.push_str(if also.is_empty() { "[]" } else { "]" });
        }
        if let Some(entry) = &summary.entry {
            self.plain("entry", if entry.kind == EntryKind::Block { "block" } else { "visit" });
            self.string("title", &entry.title);
            if let Some(series) = &entry.series {
                self.name("series");
                // Writing to a String cannot fail.
                let _ = write!(self.text, "[{},{}]", series.at, series.of);
            }
        }
        if let Some(last) = &summary.last {
            self.plain("last", names::act(last.action));
            self.plain("lastBy", names::by(last.action));
            self.string("note", &last.note);
        }
    }
}

/// Appends what stands between the quotes of a JSON string (RFC 8259 section 7).
fn escape(out: &mut String, value: &str) {
    let mut rest = value;
    while let Some(at) = rest.bytes().position(|b| b < 0x20 || b == b'"' || b == b'\\') {
        let (before, special) = rest.split_at(at);
        out.push_str(before);
        let mut chars = special.chars();
        match chars.next() {
            Some(c @ ('"' | '\\')) => {
                out.push('\\');
                out.push(c);
            }
            Some(c) => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            None => {}
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn strings_are_escaped_where_json_needs_it_and_nowhere_else() {
        let mut out = String::new();
        escape(&mut out, "a\"b\\c\nd\u{1}\u{7f}é\u{2028}😀");
        assert_eq!(out, "a\\\"b\\\\c\\u000ad\\u0001\u{7f}é\u{2028}😀");
    }
}
