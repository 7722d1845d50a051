//! The text of a topology file: guards, syntax, spanned tree, serde, paths and splices.
//!
//! The way of a text: [`source::read`] guards the door (regular file, 16 MiB, UTF-8),
//! [`tree::Tree::parse`] lets `ron` judge the syntax and builds a tree with byte ranges, and
//! [`deserialize::load`] runs serde over that tree. [`splice::set`] changes a value before that,
//! [`path::lookup`] finds the place of a value after it, [`diff::diff`] compares two trees.
//!
//! # Writing schema types
//!
//! Plain `#[derive(Deserialize)]` works, with these conventions:
//!
//! - Every struct carries `#[serde(deny_unknown_fields)]`, and so does every enum whose variants
//!   have fields inline. Better: each variant wraps a struct of its own. `Open(rate: "5/s")` is a
//!   newtype variant around a struct, `Hold("10m")` one around a single value, `Cookie` a unit
//!   variant.
//! - A field that may be left out is an `Option` (no `Some` is written) or has a serde default.
//! - [`deserialize::At`]`<T>` is a `T` with the bytes where it is written. Put it on references.
//! - Two shapes for one field: call `deserialize_any` with a visitor of both. It calls `visit_str`,
//!   `visit_u64` / `visit_i64` / `visit_f64`, `visit_bool`, `visit_seq` for `[ ]`, `visit_map` for
//!   `{ }` and for `( )` with fields but no name, and `visit_enum` for all that has a name; pass
//!   the latter on with `T::deserialize(EnumAccessDeserializer::new(access))`.
//! - Fields shared by all variants: call `deserialize_struct(SHARED, FIELDS, visitor)` with
//!   [`deserialize::SHARED`]. The visitor gets `visit_seq` with two elements: first the struct of
//!   the shared `FIELDS`, all optional; then the enum (or struct), without them.
//! - A custom error (`E::custom`) is put at the value that was visited. Lines after the first that
//!   start with `help: ` become help; [`deserialize::inside`] moves the place into a string.

#[cfg(test)]
mod agreement;
pub mod deserialize;
pub mod diff;
pub mod digest;
mod judge;
pub mod overlap;
pub mod path;
mod scan;
pub mod source;
pub mod splice;
pub mod tree;
