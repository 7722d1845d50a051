//! The codes of diagnostics. A code never changes its meaning.
//!
//! 00 files and flags, 01 syntax, 02 schema; later hundreds belong to what reads the schema.

/// A file cannot be read: missing, not a regular file, or refused by the system.
pub const UNREADABLE: &str = "LP0001";
/// A file is larger than 16 MiB.
pub const TOO_LARGE: &str = "LP0002";
/// A file is not UTF-8.
pub const NOT_UTF8: &str = "LP0003";
/// A flag's text is no assignment `path=value`.
pub const BAD_ASSIGNMENT: &str = "LP0010";
/// A flag's path leads nowhere.
pub const BAD_PATH: &str = "LP0011";

/// The text is not RON.
pub const SYNTAX: &str = "LP0101";
/// Brackets are nested too deeply.
pub const TOO_DEEP: &str = "LP0102";
/// A name or a field is written twice.
pub const DUPLICATE: &str = "LP0103";
/// `Some(..)` or `None` is written, where the value or nothing would do.
pub const OPTION: &str = "LP0104";

/// A value has the wrong shape or is out of range.
pub const BAD_VALUE: &str = "LP0201";
/// A field is not known.
pub const UNKNOWN_FIELD: &str = "LP0202";
/// A word (a kind, a law, a policy) is not known.
pub const UNKNOWN_WORD: &str = "LP0203";
/// A field is missing.
pub const MISSING_FIELD: &str = "LP0204";
/// A field or word is known, but not built yet.
pub const NOT_BUILT: &str = "LP0205";
/// So many faults were found that the rest was not read.
pub const STOPPED: &str = "LP0206";
