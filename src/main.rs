//! The `linchpin` program.

fn main() {}
