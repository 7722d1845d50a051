//! The codes of what resolving finds. A code never changes its meaning.

/// A name stands for nothing that is declared.
pub const UNKNOWN_NAME: &str = "LP0301";
/// A name is not allowed (S10).
pub const BAD_NAME: &str = "LP0302";
/// Two statements contradict each other, or one of them has no effect beside the other.
pub const CONFLICT: &str = "LP0303";
/// A number is out of range.
pub const RANGE: &str = "LP0304";
/// There are more things than can be worked with.
pub const TOO_MANY: &str = "LP0305";
/// Something must be said and is not.
pub const MISSING: &str = "LP0306";
/// A component is called in a circle.
pub const CYCLE: &str = "LP0307";
/// A class arrives where no operation answers it.
pub const NO_OPERATION: &str = "LP0308";
/// Properties are given to a link that nobody uses.
pub const UNUSED_LINK: &str = "LP0309";
/// Another file that the topology names cannot be used.
pub const FILE: &str = "LP0310";
/// A condition is not one.
pub const CONDITION: &str = "LP0311";
/// A cycle of users takes no time (S25).
pub const NO_TIME: &str = "LP0312";
/// Something is declared and used by nobody.
pub const UNUSED: &str = "LP0313";
