//! The door: what a topology file must be before it is read at all.

use std::fs::File;
use std::io::{Read, stdin};
use std::path::Path;

use crate::diagnostic::{Diagnostic, Source, code};

/// Bytes a topology file may have at most: 16 MiB.
pub const MAX_BYTES: u64 = 16 << 20;

/// Reads the file at `path`, or standard input if `path` is `-`.
///
/// # Errors
/// Anything but a regular file (or `-`) of at most [`MAX_BYTES`] in UTF-8. The source is the name
/// with the text as far as it could be read, for showing the diagnostic.
pub fn read(path: &Path) -> Result<Source, Box<(Source, Diagnostic)>> {
    let name = path.display().to_string();
    let fail = |message: String| {
        let error = Diagnostic::error(code::UNREADABLE, message);
        Box::new((Source::new(name.clone(), ""), error))
    };
    if name == "-" {
        let bytes = take(stdin().lock()).map_err(|error| fail(format!("cannot read: {error}")))?;
        return decode("standard input", bytes);
    }
    let unreadable = |error: std::io::Error| fail(format!("cannot read `{name}`: {error}"));
    let kind = path.metadata().map_err(unreadable)?;
    if !kind.is_file() {
        return Err(fail(format!("`{name}` is not a regular file")));
    }
    let bytes = take(File::open(path).map_err(unreadable)?).map_err(unreadable)?;
    decode(&name, bytes)
}

/// At most one byte more than is allowed.
fn take(reader: impl Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The text of `bytes`, without a byte-order mark.
///
/// # Errors
/// More than [`MAX_BYTES`], or a byte that is not UTF-8, shown at its place.
pub fn decode(name: &str, bytes: Vec<u8>) -> Result<Source, Box<(Source, Diagnostic)>> {
    if bytes.len() as u64 > MAX_BYTES {
        let message = format!("`{name}` is larger than {} MiB", MAX_BYTES >> 20);
        let error = Diagnostic::error(code::TOO_LARGE, message);
        return Err(Box::new((Source::new(name, ""), error)));
    }
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let byte = error.as_bytes()[at];
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let marked =
                Diagnostic::error(code::NOT_UTF8, format!("byte 0x{byte:02X} is not UTF-8"))
                    .at(at..at + char::REPLACEMENT_CHARACTER.len_utf8())
                    .help("save the file in UTF-8");
            return Err(Box::new((Source::new(name, text), marked)));
        }
    };
    Ok(Source::new(
        name,
        text.strip_prefix('\u{FEFF}').unwrap_or(&text),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(bytes: Vec<u8>) -> Diagnostic {
        decode("f.ron", bytes).unwrap_err().1
    }

    #[test]
    fn a_byte_order_mark_is_stripped() {
        let source = decode("f.ron", "\u{FEFF}(a: 1)".into()).unwrap();
        assert_eq!(&**source.text(), "(a: 1)");
    }

    #[test]
    fn a_byte_that_is_not_utf8_is_shown_at_its_place() {
        let (source, error) = *decode("f.ron", b"(a: \"\xEA\xB0\x80\xFFb\")".to_vec()).unwrap_err();
        assert_eq!(error.message, "byte 0xFF is not UTF-8");
        assert_eq!(&source.text()[error.span.unwrap()], "\u{FFFD}");
        assert_eq!(source.place(None).line_and_column(8), (1, 7));
    }

    #[test]
    fn a_text_above_the_limit_is_refused_and_one_at_the_limit_is_not() {
        let limit = usize::try_from(MAX_BYTES).unwrap();
        assert_eq!(refusal(vec![b' '; limit + 1]).code, code::TOO_LARGE);
        assert!(decode("f.ron", vec![b' '; limit]).is_ok());
        assert_eq!(take(std::io::repeat(b' ')).unwrap().len(), limit + 1);
    }

    #[test]
    fn what_is_no_regular_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (_, error) = *read(folder.path()).unwrap_err();
        assert!(
            error.message.ends_with("is not a regular file"),
            "{}",
            error.message
        );
        let (_, error) = *read(&folder.path().join("none.ron")).unwrap_err();
        assert_eq!(error.code, code::UNREADABLE);
        let file = folder.path().join("a.ron");
        std::fs::write(&file, "(a: 1)").unwrap();
        assert_eq!(&**read(&file).unwrap().text(), "(a: 1)");
    }
}
