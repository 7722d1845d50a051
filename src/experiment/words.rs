//! Numbers in the sentences of findings: three significant digits with a unit.

/// Three significant digits without a trailing point.
pub fn number(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 {
        return "0".to_owned();
    }
    let magnitude = libm::floor(libm::log10(size)) as i32;
    let digits = (2 - magnitude).clamp(0, 9) as usize;
    let text = format!("{value:.digits$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// A rate per second.
pub fn rate(per_second: f64) -> String {
    format!("{}/s", number(per_second))
}

/// A share as a percentage.
pub fn percent(share: f64) -> String {
    format!("{} %", number(100.0 * share))
}

/// A time given in seconds.
pub fn time(seconds: f64) -> String {
    let size = seconds.abs();
    if size == 0.0 {
        "0 s".to_owned()
    } else if size < 1e-3 {
        format!("{} us", number(seconds * 1e6))
    } else if size < 1.0 {
        format!("{} ms", number(seconds * 1e3))
    } else if size < 120.0 {
        format!("{} s", number(seconds))
    } else if size < 7_200.0 {
        format!("{} min", number(seconds / 60.0))
    } else {
        format!("{} h", number(seconds / 3_600.0))
    }
}

/// A value in the unit of an objective.
pub fn in_unit(value: f64, unit: &str) -> String {
    match unit {
        "s" => time(value),
        "per_s" => rate(value),
        "share" => percent(value),
        _ => number(value),
    }
}

/// `a`, `a and b`, `a, b and c`.
pub fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_digits_and_a_fitting_unit() {
        assert_eq!(number(498.7), "499");
        assert_eq!(number(12_345.0), "12345");
        assert_eq!(number(0.012_34), "0.0123");
        assert_eq!(number(1.0), "1");
        assert_eq!(time(0.0724), "72.4 ms");
        assert_eq!(time(0.000_2), "200 us");
        assert_eq!(time(300.0), "5 min");
        assert_eq!(percent(0.999_6), "100 %");
        assert_eq!(list(&["a".into(), "b".into(), "c".into()]), "a, b and c");
    }
}
