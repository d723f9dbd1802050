//! Texts of the mails, German and English.
use crate::port::Message;
use vestibule_core::limits;

/// Whose code it is.
pub(super) struct Origin<'a> {
    /// The practice's name; at a realm that only guards PINs, which knows no names, its own host.
    pub(super) name: &'a str,
    /// Of several realms each mails a code: which one this is, and of how many.
    pub(super) part: (u8, usize),
}

/// The mail with a code. The code is not in the subject: subjects show on locked screens.
pub(super) fn code(to: &str, locale: &str, from: &Origin<'_>, code: &str) -> Message {
    let minutes = limits::VOUCHER_SECONDS / 60;
    // A name goes into a header: one line, no control characters.
    let name: String = from.name.chars().filter(|c| !c.is_control()).take(80).collect();
    let (index, count) = from.part;
    let german = locale.get(..2).is_some_and(|l| l.eq_ignore_ascii_case("de"));
    let part = match (count, german) {
        (0 | 1, _) => String::new(),
        (_, true) => format!(" {index} von {count}"),
        (_, false) => format!(" {index} of {count}"),
    };
    let (subject, text) = if german {
        (
            format!("Ihr Code{part} für {name}"),
            format!(
                "Guten Tag,\n\nIhr Code{part} für {name}:\n\n    {code}\n\n\
                 Er gilt {minutes} Minuten und nur für die Seite, auf der Sie ihn angefordert haben. Geben Sie ihn niemandem \
                 weiter.\n\nSie haben keinen Code angefordert? Dann können Sie diese Nachricht löschen.\n"
            ),
        )
    } else {
        (
            format!("Your code{part} for {name}"),
            format!(
                "Hello,\n\nYour code{part} for {name}:\n\n    {code}\n\n\
                 It is good for {minutes} minutes, and only on the page where you asked for it. Do not pass it on to \
                 anyone.\n\nYou did not ask for a code? Then you can delete this message.\n"
            ),
        )
    };
    Message { to: to.to_owned(), subject, text }
}

/// The mail that a time has become free. It says neither which nor for what: mail is read by others.
pub(super) fn offer(to: &str, locale: &str, name: &str, link: &str) -> Message {
    let name: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
    let german = locale.get(..2).is_some_and(|l| l.eq_ignore_ascii_case("de"));
    let (subject, text) = if german {
        (
            format!("Ein Termin ist frei geworden: {name}"),
            format!(
                "Guten Tag,\n\nSie stehen auf der Warteliste von {name}, und ein Termin ist frei geworden. Sehen Sie in Ihren \
                 Terminen nach, ob er Ihnen passt:\n\n    {link}\n\nWer zuerst zusagt, bekommt ihn. Das Angebot gilt nur kurze \
                 Zeit.\n"
            ),
        )
    } else {
        (
            format!("A time has become free: {name}"),
            format!(
                "Hello,\n\nYou are on the waiting list of {name}, and a time has become free. Look at your appointments to see \
                 whether it suits you:\n\n    {link}\n\nWhoever accepts first gets it. The offer is open for a short time \
                 only.\n"
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
        let german =
            code("a@b.example", "de-AT", &Origin { name: "Praxis\r\nBcc: x", part: (1, 1) }, "012345");
        assert_eq!(german.subject, "Ihr Code für PraxisBcc: x");
        assert!(german.text.contains("    012345\n") && german.text.contains("15 Minuten"));
        assert!(!german.subject.contains("012345"));
        for locale in ["en", "", "fr", "d", "ü"] {
            let from = Origin { name: "P", part: (2, 3) };
            assert_eq!(
                code("a@b.example", locale, &from, "012345").subject,
                "Your code 2 of 3 for P",
                "{locale}"
            );
        }
        assert!(!format!("{german:?}").contains("a@b"));
    }

    #[test]
    fn the_notice_of_an_offer_has_a_link_and_no_line_breaks_in_its_subject() {
        for (locale, subject) in
            [("de", "Ein Termin ist frei geworden: PX"), ("en-GB", "A time has become free: PX")]
        {
            let mail = offer("a@b.example", locale, "P\r\nX", "https://p.example/me/#abc");
            assert_eq!(mail.subject, subject);
            assert!(mail.text.contains("    https://p.example/me/#abc\n"));
        }
    }
}
