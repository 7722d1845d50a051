//! Pencil traces.
