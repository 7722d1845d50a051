//! Other files that a topology names: samples and logs.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use crate::diagnostic::Diagnostic;
use crate::schema::At;
use crate::schema::code;
use crate::syntax::digest::Digest;

/// Most bytes that are read of one file, unpacked.
pub(super) const MAX_BYTES: u64 = 1 << 32;
/// Longest line, in bytes; more of it is not looked at.
pub(super) const LINE_MAX: usize = 1 << 16;

/// A file that is read line by line, and whose bytes enter the digest.
pub(super) struct Lines<'d> {
    reader: Box<dyn BufRead>,
    digest: &'d mut Digest,
    left: u64,
}

/// One line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Its text, without the line end.
    Text(String),
    /// Bytes that are not UTF-8.
    NotText,
    /// Longer than [`LINE_MAX`].
    TooLong,
}

/// The path of `file`, seen from the folder of the topology.
pub(super) fn path(folder: &Path, file: &At<String>) -> PathBuf {
    folder.join(&file.value)
}

/// The diagnostic of a file that cannot be used.
pub(super) fn unusable(file: &At<String>, reason: impl std::fmt::Display) -> Diagnostic {
    let message = format!("cannot use `{}`: {reason}", file.value);
    Diagnostic::error(code::FILE, message)
        .at(file.span.clone())
        .help("paths count from the folder of the topology file")
}

impl<'d> Lines<'d> {
    /// Opens `file`; one that ends in `.gz` is unpacked on the way.
    ///
    /// # Errors
    /// A file that is missing or not a regular one.
    pub fn open(
        folder: &Path,
        file: &At<String>,
        digest: &'d mut Digest,
    ) -> Result<Self, Box<Diagnostic>> {
        let path = path(folder, file);
        let refuse = |reason: &dyn std::fmt::Display| Box::new(unusable(file, reason));
        if !path.metadata().map_err(|error| refuse(&error))?.is_file() {
            return Err(refuse(&"it is not a regular file"));
        }
        let opened = File::open(&path).map_err(|error| refuse(&error))?;
        let packed = path
            .extension()
            .is_some_and(|end| end.eq_ignore_ascii_case("gz"));
        let reader: Box<dyn BufRead> = if packed {
            Box::new(BufReader::new(MultiGzDecoder::new(opened)))
        } else {
            Box::new(BufReader::new(opened))
        };
        Ok(Self {
            reader,
            digest,
            left: MAX_BYTES,
        })
    }

    /// The next line; `None` at the end.
    ///
    /// # Errors
    /// A file that cannot be read on, or is too large.
    pub fn next(&mut self) -> Result<Option<Line>, String> {
        let mut bytes = Vec::new();
        let mut whole = self.take(&mut bytes)?;
        if whole == 0 {
            return Ok(None);
        }
        let mut too_long = false;
        while bytes.last() != Some(&b'\n') && whole == LINE_MAX as u64 {
            too_long = true;
            bytes.clear();
            whole = self.take(&mut bytes)?;
        }
        if too_long {
            return Ok(Some(Line::TooLong));
        }
        while matches!(bytes.last(), Some(b'\n' | b'\r')) {
            bytes.pop();
        }
        Ok(Some(
            String::from_utf8(bytes).map_or(Line::NotText, Line::Text),
        ))
    }

    /// Reads up to the line end, but at most [`LINE_MAX`] bytes.
    fn take(&mut self, bytes: &mut Vec<u8>) -> Result<u64, String> {
        let mut part = (&mut self.reader).take(LINE_MAX as u64);
        let read = part
            .read_until(b'\n', bytes)
            .map_err(|error| error.to_string())? as u64;
        self.digest.add(bytes);
        self.left = self
            .left
            .checked_sub(read)
            .ok_or_else(|| format!("it holds more than {} GiB", MAX_BYTES >> 30))?;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn lines(name: &str, bytes: &[u8]) -> Vec<Line> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(name), bytes).unwrap();
        let mut digest = Digest::new();
        let file = At {
            value: name.to_owned(),
            span: 0..1,
        };
        let mut lines = Lines::open(folder.path(), &file, &mut digest).unwrap();
        let mut all = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            all.push(line);
        }
        all
    }

    fn text(line: &str) -> Line {
        Line::Text(line.to_owned())
    }

    #[test]
    fn lines_end_in_any_way_and_may_be_broken() {
        let long = vec![b'x'; LINE_MAX + 5];
        let bytes = [b"a\r\nb\n\n\xFF\n".as_slice(), &long, b"\nlast"].concat();
        let expected = [
            text("a"),
            text("b"),
            text(""),
            Line::NotText,
            Line::TooLong,
            text("last"),
        ];
        assert_eq!(lines("f.txt", &bytes), expected);
    }

    #[test]
    fn packed_files_are_unpacked() {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(b"one\ntwo\n").unwrap();
        assert_eq!(
            lines("f.tsv.gz", &packed.finish().unwrap()),
            [text("one"), text("two")]
        );
    }

    #[test]
    fn a_folder_and_a_missing_file_are_refused_at_their_name() {
        let folder = tempfile::tempdir().unwrap();
        for name in [".", "none"] {
            let file = At {
                value: name.to_owned(),
                span: 3..7,
            };
            let error = Lines::open(folder.path(), &file, &mut Digest::new())
                .err()
                .unwrap();
            assert_eq!(error.span, Some(3..7));
        }
    }
}
