//! Long lists on a terminal: the entries that matter most, and how many more there are.

use super::page::Page;
use super::style::{Paint, Span};

/// Most entries of a list that are shown.
const MOST: usize = 40;

/// The entries of highest rank, at most 40, in the order of the list (of equals the first), and
/// how many more there are.
pub fn few<T>(list: impl IntoIterator<Item = T>, rank: impl Fn(&T) -> f64) -> (Vec<T>, usize) {
    let mut all: Vec<(usize, T)> = list.into_iter().enumerate().collect();
    let more = all.len().saturating_sub(MOST);
    if more > 0 {
        // The sort is stable: equals stay in the order of the list.
        all.sort_by(|a, b| rank(&b.1).total_cmp(&rank(&a.1)));
        all.truncate(MOST);
        all.sort_by_key(|entry| entry.0);
    }
    (all.into_iter().map(|entry| entry.1).collect(), more)
}

/// Says how many more there are, and where.
pub fn more(page: &mut Page, count: usize, why: &str) {
    if count > 0 {
        let count = crate::report::number::whole(count as u64);
        let note = format!("and {count} more, {why}: all of them with --json or --out");
        page.sentence(Span::new("…", Paint::Faint), &note);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_are_kept_in_their_order() {
        let (kept, more) = few(0..100_u32, |n| f64::from(n % 50));
        assert_eq!((kept.len(), more), (40, 60));
        assert!(kept.is_sorted() && kept[0] == 30 && kept[39] == 99);
        let (kept, _) = few(0..100_u32, |_| 1.0);
        assert!(kept.into_iter().eq(0..40));
        let (all, none) = few(0..40_u32, |n| f64::from(*n));
        assert_eq!((all.len(), none), (40, 0));
    }
}
