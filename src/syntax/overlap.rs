//! Whether two paths lead to the same value, so that one assignment would hide another.

use super::path::{SEARCHED, Step, To, parse};

/// Whether a value written at `outer` takes the place of the one at `inner`: the same path however
/// it is spelt, or one below it. Both may go on with `=` and a value.
pub fn covers(outer: &str, inner: &str) -> bool {
    let (Ok((outer, _)), Ok((inner, _))) = (parse(outer), parse(inner)) else {
        return false;
    };
    let (section, outer) = below_section(&outer);
    let (other, inner) = below_section(&inner);
    let may_meet = section
        .zip(other)
        .is_none_or(|(section, other)| section == other);
    let mut steps = outer.iter().zip(inner);
    may_meet && outer.len() <= inner.len() && steps.all(|(one, two)| one.to == two.to)
}

/// The section that a path begins with where it could be left out, and the steps behind it.
fn below_section(steps: &[Step]) -> (Option<&str>, &[Step]) {
    match steps {
        [first, rest @ ..] if !rest.is_empty() => match &first.to {
            To::Name(name) if SEARCHED.contains(&&**name) => (Some(name), rest),
            _ => (None, steps),
        },
        _ => (None, steps),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_covers_itself_and_what_is_below_it() {
        for (outer, inner) in [
            ("was.cores", "was.cores=4"),
            ("was.cores", "components.was.cores"),
            ("components.\"was\".cores", "was.cores"),
            ("db.service", "db.service[0]"),
            ("links.\"was -> db\"", "links.\"was \\u{2d}> db\".pool=5"),
        ] {
            assert!(covers(outer, inner), "{outer} {inner}");
        }
        for (outer, inner) in [
            ("was.cores", "was.replicas"),
            ("was.cores", "was=AppServer(cores: 2)"),
            ("db.service[0]", "db.service"),
            ("components.x.rate", "workload.x.rate"),
            ("rate", "users.rate"),
        ] {
            assert!(!covers(outer, inner), "{outer} {inner}");
        }
    }
}
