//! Whether the load of the file comes back.

use crate::experiment::load_axis::named;
use crate::experiment::result::{LoadAxis, Verdict};

/// Of `own`, the load of the file, with what mean demands allow, the highest load that comes back
/// and the lowest that does not.
pub fn verdict(
    axis: LoadAxis,
    own: f64,
    bound: Option<f64>,
    (low, high): (Option<f64>, Option<f64>),
) -> (Verdict, String) {
    let name = |load: f64| named(axis, load);
    let file = format!("the file's {}", name(own));
    // Of users the bound is where they begin to queue: more are carried too.
    let allowed = bound.filter(|_| axis == LoadAxis::Rate);
    if let Some(allowed) = allowed.filter(|&allowed| own > allowed) {
        let allowed = name(allowed);
        let text = format!(
            "{file} is more than the {allowed} that mean demands allow: it is not carried even \
             without a trigger"
        );
        return (Verdict::Fail, text);
    }
    match (low, high) {
        (Some(low), _) if own <= low => (Verdict::Pass, format!("{file} comes back")),
        (_, Some(high)) if own >= high => {
            let from = name(high);
            let text = format!("{file} does not come back: it stays down from {from} on");
            (Verdict::Fail, text)
        }
        (Some(low), None) => {
            let low = name(low);
            let text = format!("{file} lies above {low}, the highest load tried");
            (Verdict::Undecided, text)
        }
        _ => {
            let text = format!("{file} lies between loads that come back and do not");
            (Verdict::Undecided, text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_of_the_files_load_has_its_verdict() {
        let of = |own: f64, bound: Option<f64>, between: (Option<f64>, Option<f64>)| {
            verdict(LoadAxis::Rate, own, bound, between).0
        };
        let between = (Some(98.0), Some(100.0));
        assert_eq!(of(90.0, Some(300.0), between), Verdict::Pass);
        assert_eq!(of(99.0, Some(300.0), between), Verdict::Undecided);
        assert_eq!(of(150.0, Some(300.0), between), Verdict::Fail);
        assert_eq!(of(301.0, Some(300.0), (Some(291.0), None)), Verdict::Fail);
        assert_eq!(
            of(295.0, Some(300.0), (Some(291.0), None)),
            Verdict::Undecided
        );
        assert_eq!(of(295.0, None, (Some(500.0), None)), Verdict::Pass);
        let users = |own| verdict(LoadAxis::Users, own, Some(20.0), (Some(60.0), None)).0;
        assert_eq!(users(40.0), Verdict::Pass, "more queue, and are carried");
    }
}
