//! From text to nodes.

use super::{Node, Path};

/// Reads a whole text.
pub fn parse(text: &str) -> Result<Node, String> {
    let mut reader = Reader { rest: text };
    let node = reader.sum()?;
    reader.skip();
    if reader.rest.is_empty() {
        Ok(node)
    } else {
        Err(format!("`{text}`: not understood from `{}`", reader.rest))
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn skip(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn take(&mut self, wanted: char) -> bool {
        self.skip();
        match self.rest.strip_prefix(wanted) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn operator(&mut self, list: &[char]) -> Option<char> {
        list.iter().copied().find(|&one| self.take(one))
    }

    fn sum(&mut self) -> Result<Node, String> {
        let mut left = self.product()?;
        while let Some(operator) = self.operator(&['+', '-']) {
            left = Node::Binary(operator, Box::new(left), Box::new(self.product()?));
        }
        Ok(left)
    }

    fn product(&mut self) -> Result<Node, String> {
        let mut left = self.factor()?;
        while let Some(operator) = self.operator(&['*', '/']) {
            left = Node::Binary(operator, Box::new(left), Box::new(self.factor()?));
        }
        Ok(left)
    }

    fn factor(&mut self) -> Result<Node, String> {
        if self.take('(') {
            let inside = self.sum()?;
            return self.closed(inside);
        }
        let name = self.word();
        if name.is_empty() && !self.rest.starts_with('"') {
            return Err(format!("a value is missing at `{}`", self.rest));
        }
        if name.starts_with(|c: char| c.is_ascii_digit()) {
            let number = name.parse().map_err(|_| format!("`{name}` is no number"))?;
            return Ok(Node::Number(number));
        }
        if !name.is_empty() && self.take('(') {
            let mut arguments = vec![self.sum()?];
            while self.take(',') {
                arguments.push(self.sum()?);
            }
            return self.closed(Node::Call(name, arguments));
        }
        self.path(name)
    }

    fn closed(&mut self, node: Node) -> Result<Node, String> {
        if self.take(')') {
            Ok(node)
        } else {
            Err(format!("`)` is missing before `{}`", self.rest))
        }
    }

    /// Letters, digits, dots, low lines, and hyphens between two of these.
    fn word(&mut self) -> String {
        self.skip();
        let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        let joins = |at: usize| {
            at > 0 && self.rest[at..].starts_with('-') && self.rest[at + 1..].starts_with(is_part)
        };
        let is_end = |(at, c): &(usize, char)| !is_part(*c) && !joins(*at);
        let end = self.rest.char_indices().find(is_end);
        let end = end.map_or(self.rest.len(), |(at, _)| at);
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word.to_owned()
    }

    fn path(&mut self, first: String) -> Result<Node, String> {
        let (run, mut text) = match self.rest.strip_prefix('@') {
            Some(rest) => {
                self.rest = rest;
                (Some(first), self.word())
            }
            None => (None, first),
        };
        let mut keys = Vec::new();
        loop {
            keys.extend(
                text.split('.')
                    .filter(|key| !key.is_empty())
                    .map(str::to_owned),
            );
            let Some(rest) = self.rest.strip_prefix('"') else {
                break;
            };
            let (key, rest) = rest.split_once('"').ok_or("a quote is not closed")?;
            keys.push(key.to_owned());
            self.rest = rest;
            text = if self.rest.starts_with('.') {
                self.word()
            } else {
                String::new()
            };
        }
        Ok(Node::Path(Path { run, keys }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(run: Option<&str>, keys: &[&str]) -> Node {
        Node::Path(Path {
            run: run.map(str::to_owned),
            keys: keys.iter().map(|&key| key.to_owned()).collect(),
        })
    }

    #[test]
    fn paths_runs_and_quotes() {
        assert_eq!(
            parse("components.server.load"),
            Ok(path(None, &["components", "server", "load"]))
        );
        assert_eq!(
            parse(r#"b@links."a -> b".pool.in_use"#),
            Ok(path(Some("b"), &["links", "a -> b", "pool", "in_use"]))
        );
        assert_eq!(
            parse("hosts.cpu-a.cpu"),
            Ok(path(None, &["hosts", "cpu-a", "cpu"]))
        );
    }

    #[test]
    fn products_bind_before_sums() {
        let parsed = parse("a.b + 2 * (c - 1)").unwrap();
        let minus = Node::Binary(
            '-',
            Box::new(path(None, &["c"])),
            Box::new(Node::Number(1.0)),
        );
        let times = Node::Binary('*', Box::new(Node::Number(2.0)), Box::new(minus));
        let plus = Node::Binary('+', Box::new(path(None, &["a", "b"])), Box::new(times));
        assert_eq!(parsed, plus);
    }

    #[test]
    fn what_is_left_over_is_a_fault() {
        assert!(parse("a b").is_err());
        assert!(parse("(a").is_err());
        assert!(parse("a +").is_err());
    }
}
