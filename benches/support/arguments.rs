//! Options of a bench: a flag and the number behind it.

/// The number behind `flag` on the command line; `otherwise` where there is none.
pub fn number(flag: &str, otherwise: u64) -> u64 {
    let arguments: Vec<String> = std::env::args().collect();
    let place = arguments.iter().position(|argument| argument == flag);
    place
        .and_then(|place| arguments.get(place + 1)?.parse().ok())
        .unwrap_or(otherwise)
}
