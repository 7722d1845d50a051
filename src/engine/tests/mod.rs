//! The engine against theory and pencil traces.

mod theory;
