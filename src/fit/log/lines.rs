//! Lines of a file, however long or broken.

use std::io::{self, BufRead, Read};

/// Longest line, in bytes; more of it is not looked at.
const LINE_MAX: usize = 1 << 16;

/// One line.
#[derive(Debug, PartialEq, Eq)]
pub enum Line {
    /// Its text, without the line end.
    Text(String),
    /// Bytes that are not UTF-8.
    NotText,
    /// Longer than [`LINE_MAX`].
    TooLong,
}

/// A file that is read line by line.
pub struct Lines {
    source: Box<dyn BufRead>,
    number: u64,
    /// Read ahead.
    waiting: Option<Line>,
}

impl Lines {
    pub fn new(source: Box<dyn BufRead>) -> Self {
        Self {
            source,
            number: 0,
            waiting: None,
        }
    }

    /// The first line that is not empty, which stays to be read; empty for an empty file.
    pub fn head(&mut self) -> io::Result<String> {
        loop {
            match self.read()? {
                Some(Line::Text(text)) if text.trim().is_empty() => self.number += 1,
                Some(line) => {
                    let head = match &line {
                        Line::Text(text) => text.clone(),
                        Line::NotText | Line::TooLong => String::new(),
                    };
                    self.waiting = Some(line);
                    return Ok(head);
                }
                None => return Ok(String::new()),
            }
        }
    }

    /// The next line with its number, from 1.
    pub fn next(&mut self) -> io::Result<Option<(u64, Line)>> {
        let line = match self.waiting.take() {
            Some(line) => Some(line),
            None => self.read()?,
        };
        self.number += 1;
        Ok(line.map(|line| (self.number, line)))
    }

    fn read(&mut self) -> io::Result<Option<Line>> {
        let mut bytes = Vec::new();
        let limit = LINE_MAX as u64 + 1;
        if self
            .source
            .by_ref()
            .take(limit)
            .read_until(b'\n', &mut bytes)?
            == 0
        {
            return Ok(None);
        }
        if bytes.len() > LINE_MAX && !bytes.ends_with(b"\n") {
            while !bytes.ends_with(b"\n") {
                bytes.clear();
                if self
                    .source
                    .by_ref()
                    .take(limit)
                    .read_until(b'\n', &mut bytes)?
                    == 0
                {
                    break;
                }
            }
            return Ok(Some(Line::TooLong));
        }
        while bytes.ends_with(b"\n") || bytes.ends_with(b"\r") {
            bytes.pop();
        }
        let text = String::from_utf8(bytes);
        Ok(Some(text.map_or(Line::NotText, |text| {
            Line::Text(text.trim_start_matches('\u{feff}').to_owned())
        })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_and_long_lines_are_one_line_each() {
        let mut bytes = b"\xef\xbb\xbfone\r\n".to_vec();
        bytes.extend(b"\xff\xfe\n");
        bytes.extend(vec![b'x'; 3 * LINE_MAX]);
        bytes.extend(b"\nlast");
        let mut lines = Lines::new(Box::new(io::Cursor::new(bytes)));
        assert_eq!(lines.head().unwrap(), "one");
        let mut found = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            found.push(line);
        }
        let text = |text: &str| Line::Text(text.to_owned());
        let expected = [
            (1, text("one")),
            (2, Line::NotText),
            (3, Line::TooLong),
            (4, text("last")),
        ];
        assert_eq!(found, expected);
    }
}
