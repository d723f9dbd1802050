//! The bundle's `_headers`: blocks of a path pattern and indented lines `Name: value`, or `! Name` to take one back.

/// Headers by path.
#[derive(Debug, Default)]
pub(crate) struct Rules(Vec<(String, Vec<Line>)>);

#[derive(Debug)]
enum Line {
    Set(String, String),
    Remove(String),
}

impl Rules {
    /// Reads the file. Lines of another form are passed over, as Cloudflare does.
    pub(crate) fn parse(text: &str) -> Self {
        let mut rules = Self::default();
        for line in text.lines().filter(|l| !l.trim().is_empty() && !l.trim_start().starts_with('#')) {
            if !line.starts_with([' ', '\t']) {
                rules.0.push((line.trim().to_owned(), Vec::new()));
                continue;
            }
            let Some((_, lines)) = rules.0.last_mut() else { continue };
            if let Some(name) = line.trim().strip_prefix('!') {
                lines.push(Line::Remove(name.trim().to_lowercase()));
            } else if let Some((name, value)) = line.split_once(':') {
                lines.push(Line::Set(name.trim().to_lowercase(), value.trim().to_owned()));
            }
        }
        rules
    }

    /// The headers of a path: all blocks that match, in order.
    pub(crate) fn of(&self, path: &str) -> Vec<(String, String)> {
        let mut headers: Vec<(String, String)> = Vec::new();
        for (pattern, lines) in &self.0 {
            let matches = pattern.strip_suffix('*').map_or(path == pattern, |start| path.starts_with(start));
            for line in lines.iter().filter(|_| matches) {
                match line {
                    Line::Set(name, value) => headers.push((name.clone(), value.clone())),
                    Line::Remove(name) => headers.retain(|(n, _)| n != name),
                }
            }
        }
        headers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_own_file() {
        let rules = Rules::parse(include_str!("../../../../web/public/_headers"));
        let of = |path: &str, name: &str| -> Vec<String> {
            rules.of(path).into_iter().filter(|(n, _)| n == name).map(|(_, value)| value).collect()
        };
        assert_eq!(of("/b/", "cache-control"), ["no-cache"]);
        assert_eq!(of("/assets/x.js", "cache-control"), ["public, max-age=31536000, immutable"]);
        for path in ["/", "/assets/x.js", "/none"] {
            assert_eq!(of(path, "x-frame-options"), ["DENY"]);
            assert!(
                of(path, "content-security-policy")[0].starts_with("default-src 'none'; script-src 'self'")
            );
        }
        assert_eq!(
            rules.0.iter().map(|(_, lines)| lines.len()).sum::<usize>(),
            17,
            "each line was understood"
        );
    }
}
