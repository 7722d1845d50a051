//! From a topology file to a model: the file as a whole, resolving, advice.
//!
//! [`load()`] is the way in. The text is read by [`crate::syntax`], the words of the file are those
//! of [`crate::schema`] and the components those of [`crate::kinds`]; here they are put together,
//! names become ids, and every problem is reported with its place.

pub mod defaults;
pub mod file;
mod inject;
mod later;
pub mod lint;
mod load;
pub mod parameter;
pub mod resolve;

pub use load::{Loaded, SECTIONS, load, load_injected, load_source};

#[cfg(test)]
mod tests;
