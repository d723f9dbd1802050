//! Texts of the mails, German and English.
use crate::port::Message;
use vestibule_core::limits;

/// The mail with a code. The code is not in the subject: subjects show on locked screens.
pub(super) fn code(to: &str, locale: &str, practice: &str, code: &str) -> Message {
    let minutes = limits::VOUCHER_SECONDS / 60;
    // A practice's name goes into a header: one line, no control characters.
    let practice: String = practice.chars().filter(|c| !c.is_control()).take(80).collect();
    let german = locale.get(..2).is_some_and(|l| l.eq_ignore_ascii_case("de"));
    let (subject, text) = if german {
        (
            format!("Ihr Code für {practice}"),
            format!(
                "Guten Tag,\n\nIhr Code für {practice}:\n\n    {code}\n\n\
                 Er gilt {minutes} Minuten und nur für die Seite, auf der Sie ihn angefordert haben. Geben Sie ihn niemandem \
                 weiter.\n\nSie haben keinen Code angefordert? Dann können Sie diese Nachricht löschen.\n"
            ),
        )
    } else {
        (
            format!("Your code for {practice}"),
            format!(
                "Hello,\n\nYour code for {practice}:\n\n    {code}\n\n\
                 It is good for {minutes} minutes, and only on the page where you asked for it. Do not pass it on to \
                 anyone.\n\nYou did not ask for a code? Then you can delete this message.\n"
            ),
        )
    };
    Message { to: to.to_owned(), subject, text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_code_and_header() {
        let german = code("a@b.example", "de-AT", "Praxis\r\nBcc: x", "012345");
        assert_eq!(german.subject, "Ihr Code für PraxisBcc: x");
        assert!(german.text.contains("    012345\n") && german.text.contains("15 Minuten"));
        assert!(!german.subject.contains("012345"));
        for locale in ["en", "", "fr", "d", "ü"] {
            assert!(code("a@b.example", locale, "P", "012345").subject.starts_with("Your code"), "{locale}");
        }
        assert!(!format!("{german:?}").contains("a@b"));
    }
}
