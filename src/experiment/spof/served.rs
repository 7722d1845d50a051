//! The share of requests that is lost in the long run: P(state) times the share lost in it, and
//! failures a second times what each loses until others have reacted (S41).
//!
//! States with one part down were tried under load; those with several were not, so that the
//! answer has two ends. Source: K. Trivedi and A. Bobbio, *Reliability and Availability
//! Engineering*, 2017, section 9.5 (reward rates).

use crate::experiment::result::SinglePoint;
use crate::experiment::result::served::{ExpectedOfRequests, PartLoss};
use crate::model::Model;
use crate::reliability::measures::MINUTES_A_YEAR;
use crate::reliability::{Atom, Chances, Structure};

/// What the loss of one part costs.
#[derive(Clone, Copy, Debug)]
pub struct Loss {
    /// Which.
    pub atom: Atom,
    /// Share of the requests lost once others have reacted.
    pub settled_share: f64,
    /// What is lost beyond that, s of the whole load.
    pub transition_s: f64,
}

/// Of all requests, of which a share of `hopeless` cannot succeed in the long run by the structure
/// alone; `None` where the file says of no part how often it fails.
pub fn of_requests(
    model: &Model,
    structure: &Structure,
    losses: &[Loss],
    (points, hopeless): (&[SinglePoint], f64),
) -> Option<ExpectedOfRequests> {
    let chances = Chances::of(model, structure)?;
    let used = structure.atoms_in_use();
    let mixture = chances.mixture(|number| used.contains(&number))?;
    let up = |down: &[f64]| used.iter().map(|&part| 1.0 - down[part]).product::<f64>();
    let mut told = ExpectedOfRequests {
        lost_share: (0.0, 0.0),
        lost_minutes_per_year: (0.0, 0.0),
        while_down: 0.0,
        in_changes: 0.0,
        untried: 1.0 - mixture.mean(up),
        untimed: Vec::new(),
        parts: Vec::new(),
    };
    for &part in &used {
        let down = mixture.share(part);
        if down <= 0.0 {
            continue;
        }
        let atom = structure.atoms.atom(part);
        let name = atom.name(model).to_owned();
        let Some(settled_share) = settled(losses, points, (atom, &name)) else {
            continue;
        };
        let alone = mixture.mean(|down| {
            let others = used.iter().filter(|&&other| other != part);
            down[part] * others.map(|&other| 1.0 - down[other]).product::<f64>()
        });
        told.untried -= alone;
        let tried = losses.iter().find(|loss| loss.atom == atom);
        let mut change_s = tried.map_or(0.0, |loss| loss.transition_s);
        let mut lost_in_changes = 0.0;
        if let Some(hours) = chances.mean_up_h[part] {
            let up_s = hours * 3_600.0;
            // A failure that is over sooner than others react costs no more than its length.
            let down_s = up_s * down / (1.0 - down);
            change_s = change_s.min(down_s * (1.0 - settled_share));
            lost_in_changes = (1.0 - down) / up_s * change_s;
        } else {
            told.untimed.push(name.clone());
        }
        told.while_down += alone * settled_share;
        told.in_changes += lost_in_changes;
        told.parts.push(PartLoss {
            component: name,
            settled_share,
            change_s,
            lost_share: alone * settled_share + lost_in_changes,
        });
    }
    told.untried = told.untried.max(0.0);
    let tried = told.while_down + told.in_changes;
    let least = (told.while_down.max(hopeless) + told.in_changes).min(1.0);
    let most = (tried + told.untried).min(1.0).max(least);
    told.lost_share = (least, most);
    told.lost_minutes_per_year = (least * MINUTES_A_YEAR, most * MINUTES_A_YEAR);
    told.parts
        .sort_by(|a, b| b.lost_share.total_cmp(&a.lost_share));
    Some(told)
}

/// Share lost while this part is down: as tried, or, for parts of others, which are not broken, as
/// the structure has it.
fn settled(losses: &[Loss], points: &[SinglePoint], (atom, name): (Atom, &str)) -> Option<f64> {
    let tried = losses.iter().find(|loss| loss.atom == atom);
    let known = points.iter().find(|point| point.component == name);
    tried
        .map(|loss| loss.settled_share)
        .or_else(|| known.and_then(|point| point.lost_share))
}
