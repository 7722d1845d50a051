//! Contents against slow versions of themselves and against known hit ratios.

mod oracle;
mod ratios;
mod traces;
