//! CPU time of other processes.

/// User and system time of all ended children, ns (Linux, proc(5): fields 16 and 17 of stat in
/// ticks of 10 ms).
pub fn children_ns() -> Result<f64, String> {
    let text = std::fs::read_to_string("/proc/self/stat").map_err(|problem| problem.to_string())?;
    let fields = text.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: f64 = fields
        .split_whitespace()
        .skip(13)
        .take(2)
        .filter_map(|field| field.parse::<f64>().ok())
        .sum();
    Ok(ticks * 1e7)
}
