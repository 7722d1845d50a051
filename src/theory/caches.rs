//! Hit ratios of caches under independent references.
//!
//! Popularities are shares of all references, one per item, of sum 1; capacity counts items of
//! equal size. Under independent references random eviction has the hit ratio of FIFO
//! (E. Gelenbe 1973, *A unified approach to the evaluation of a class of replacement algorithms*,
//! IEEE Trans. Computers 22).

/// Popularities of `items` (at least 1) where the i-th is referred to in proportion to
/// i^-`exponent`.
///
/// Source: L. Breslau, P. Cao, L. Fan, G. Phillips, S. Shenker 1999, *Web caching and Zipf-like
/// distributions*, INFOCOM.
pub fn zipf(items: u32, exponent: f64) -> Vec<f64> {
    let weights: Vec<f64> = (1..=items)
        .map(|rank| libm::pow(f64::from(rank), -exponent))
        .collect();
    let total: f64 = weights.iter().rev().sum();
    weights.iter().map(|weight| weight / total).collect()
}

/// Share of references to the `capacity` most popular items: a cache that knows popularities
/// (perfect LFU), which no policy beats under independent references.
pub fn lfu_hits(popularity: &[f64], capacity: usize) -> f64 {
    let mut sorted = popularity.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    sorted.iter().take(capacity).sum()
}

/// Hit ratio of LRU by the approximation of Che: each item stays for one common time after its
/// last use. Error well under 0.1 % for thousands of items, a few per cent for ten.
///
/// Sources: H. Che, Y. Tung, Z. Wang 2002, *Hierarchical web caching systems*, IEEE JSAC 20;
/// C. Fricker, P. Robert, J. Roberts 2012, *A versatile and accurate approximation for LRU cache
/// performance*, ITC 24.
pub fn che_lru_hits(popularity: &[f64], capacity: f64) -> f64 {
    by_common_time(popularity, capacity, |x| -libm::expm1(-x))
}

/// Hit ratio of FIFO and of random eviction by the same approximation.
///
/// Source: V. Martina, M. Garetto, E. Leonardi 2014, *A unified approach to the performance
/// analysis of caching systems*, INFOCOM, section III.
pub fn che_fifo_hits(popularity: &[f64], capacity: f64) -> f64 {
    by_common_time(popularity, capacity, |x| x / (1.0 + x))
}

/// Sum of p present(p t) at the time t at which `capacity` items are present. Of many items the
/// less popular ones are taken together.
fn by_common_time(popularity: &[f64], capacity: f64, present: impl Fn(f64) -> f64) -> f64 {
    let asked_for = popularity.iter().filter(|p| **p > 0.0).count() as f64;
    if capacity <= 0.0 {
        return 0.0;
    }
    if capacity >= asked_for {
        return popularity.iter().sum();
    }
    let groups = grouped(popularity);
    let held = |time: f64| -> f64 {
        let one = |&(count, p): &(f64, f64)| count * present(p * time);
        groups.iter().map(one).sum()
    };
    let time = common_time(capacity, held);
    let hits = |&(count, p): &(f64, f64)| count * p * present(p * time);
    groups.iter().map(hits).sum()
}

/// Ranks up to which items are taken one by one.
const SINGLE: usize = 20_000;

/// Number of items and their mean share, group by group; a group spans a thousandth of its rank,
/// over which popularities hardly differ.
fn grouped(popularity: &[f64]) -> Vec<(f64, f64)> {
    if popularity.len() <= SINGLE {
        return popularity.iter().map(|&p| (1.0, p)).collect();
    }
    let mut sorted = popularity.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let mut groups = Vec::new();
    let mut start = 0;
    while start < sorted.len() {
        let length = if start < SINGLE { 1 } else { start / 1000 };
        let end = (start + length).min(sorted.len());
        let count = (end - start) as f64;
        groups.push((count, sorted[start..end].iter().sum::<f64>() / count));
        start = end;
    }
    groups
}

/// Where the increasing `held` reaches `capacity`, by bisection to the last bit.
fn common_time(capacity: f64, held: impl Fn(f64) -> f64) -> f64 {
    super::mmc::bisect_tail(-capacity, capacity, |time| -held(time))
}

/// Items up to which LRU is solved exactly.
const MOST_ITEMS: usize = 20;

/// Exact hit ratio of LRU; `None` beyond 20 items, where the sets become too many.
///
/// Source: W. King 1971, *Analysis of demand paging algorithms*, IFIP Congress; summed over sets
/// instead of orders.
pub fn lru_hits(popularity: &[f64], capacity: usize) -> Option<f64> {
    let items = popularity.len();
    if items > MOST_ITEMS {
        return None;
    }
    if capacity >= items {
        return Some(popularity.iter().sum());
    }
    // chance[set]: the last |set| different items referred to are these.
    let mut chance = vec![0.0; 1 << items];
    let mut share = vec![0.0; 1 << items];
    chance[0] = 1.0;
    let mut hits = 0.0;
    for set in 0_usize..1 << items {
        if set > 0 {
            let lowest = set.trailing_zeros() as usize;
            share[set] = share[set & (set - 1)] + popularity[lowest];
        }
        let size = set.count_ones() as usize;
        if size == capacity {
            hits += chance[set] * share[set];
        }
        if size >= capacity {
            continue;
        }
        for (item, p) in popularity.iter().enumerate() {
            if set & (1 << item) == 0 && *p > 0.0 {
                chance[set | (1 << item)] += chance[set] * p / (1.0 - share[set]);
            }
        }
    }
    Some(hits)
}

/// Exact hit ratio of FIFO and of random eviction, in time items times capacity.
///
/// Source: E. Gelenbe 1973: a set is held with a chance in proportion to the product of its
/// popularities. Scaled to a sum of independent items, so that no product under- or overflows.
pub fn fifo_hits(popularity: &[f64], capacity: usize) -> f64 {
    let asked_for: Vec<f64> = popularity.iter().copied().filter(|p| *p > 0.0).collect();
    if capacity == 0 {
        return 0.0;
    }
    if capacity >= asked_for.len() {
        return asked_for.iter().sum();
    }
    let present = |x: f64| x / (1.0 + x);
    let held = |time: f64| asked_for.iter().map(|p| present(p * time)).sum::<f64>();
    let time = common_time(capacity as f64, held);
    // chance[k]: k items are held; hits[k]: the same, times what they serve.
    let mut chance = vec![0.0; capacity + 1];
    let mut hits = vec![0.0; capacity + 1];
    chance[0] = 1.0;
    for p in &asked_for {
        let inside = present(p * time);
        for k in (0..=capacity).rev() {
            let (fewer, hits_of_fewer) = match k {
                0 => (0.0, 0.0),
                _ => (chance[k - 1], hits[k - 1]),
            };
            hits[k] = hits[k] * (1.0 - inside) + (hits_of_fewer + p * fewer) * inside;
            chance[k] = chance[k] * (1.0 - inside) + fewer * inside;
        }
    }
    hits[capacity] / chance[capacity]
}

/// Hit ratio of an unlimited cache whose items expire `ttl` seconds after they were fetched, with
/// `rate` Poisson references per second in all.
///
/// Source: renewal argument: per item one miss, then its references during the lifetime
/// (J. Jung, A. Berger, H. Balakrishnan 2003, *Modeling TTL-based Internet caches*, INFOCOM).
pub fn ttl_hits(popularity: &[f64], rate: f64, ttl: f64) -> f64 {
    let of_item = |p: &f64| {
        let expected = p * rate * ttl;
        p * expected / (1.0 + expected)
    };
    popularity.iter().map(of_item).sum()
}

/// The same where each hit starts the lifetime anew.
pub fn renewed_ttl_hits(popularity: &[f64], rate: f64, ttl: f64) -> f64 {
    let of_item = |p: &f64| -p * libm::expm1(-p * rate * ttl);
    popularity.iter().map(of_item).sum()
}

/// Mean number of different items among the first `references`: the misses of an unlimited cache
/// that starts empty.
pub fn distinct_items(popularity: &[f64], references: f64) -> f64 {
    let touched = |p: &f64| -libm::expm1(references * libm::log1p(-p));
    popularity.iter().map(touched).sum()
}

/// Mean number of times that a key is fetched when it expires, if it is asked for `rate` times a
/// second, a fetch takes `seconds` and nobody waits for the fetch of another (a stampede).
pub fn fetches_per_expiry(rate: f64, seconds: f64) -> f64 {
    1.0 + rate * seconds
}

/// Hit ratio at which a backend that does `backend_rate` per second is just saturated by the
/// misses of `rate` references per second; 0 if it could serve them all.
pub fn saturating_hit_ratio(rate: f64, backend_rate: f64) -> f64 {
    (1.0 - backend_rate / rate).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::check::near;

    #[test]
    fn ten_items_and_four_places() {
        let p = zipf(10, 1.0);
        near(lru_hits(&p, 4).unwrap(), 0.584_505_2, 1e-6);
        near(fifo_hits(&p, 4), 0.549_336_6, 1e-6);
        near(lfu_hits(&p, 4), 0.711_285_7, 1e-6);
        // What the approximation is worth on so small a cache.
        near(che_lru_hits(&p, 4.0), 0.584_505_2, 0.02);
        near(che_fifo_hits(&p, 4.0), 0.549_336_6, 0.03);
    }

    #[test]
    fn the_cache_example_of_line() {
        // LINE, CacheExamplesTest, testCacheReplcRRCTMC.
        let p = zipf(5, 1.4);
        near(fifo_hits(&p, 2), 0.590_396, 1e-6);
        near(lru_hits(&p, 2).unwrap(), 0.616_626_7, 1e-6);
    }

    /// Many rare items taken together against all of them one by one.
    #[test]
    fn groups_change_nothing_that_matters() {
        let p = zipf(200_000, 0.9);
        let groups = grouped(&p);
        assert!(groups.len() < 25_000, "{}", groups.len());
        let held = |time: f64| -> f64 { p.iter().map(|p| -libm::expm1(-p * time)).sum() };
        let time = common_time(10_000.0, held);
        let single: f64 = p.iter().map(|p| p * -libm::expm1(-p * time)).sum();
        near(che_lru_hits(&p, 10_000.0), single, 1e-6);
    }

    #[test]
    fn ten_thousand_items() {
        let p = zipf(10_000, 0.8);
        near(che_lru_hits(&p, 1_000.0), 0.436_659_7, 1e-6);
        near(che_fifo_hits(&p, 1_000.0), 0.394_179_1, 1e-6);
        near(lfu_hits(&p, 1_000), 0.570_617_6, 1e-6);
        // The approximation itself is off by 0.01 %.
        near(fifo_hits(&p, 1_000), 0.394_179_1, 1e-3);
    }

    #[test]
    fn lifetimes() {
        let p = zipf(1_000, 0.9);
        near(ttl_hits(&p, 100.0, 10.0), 0.671_678, 1e-6);
        near(renewed_ttl_hits(&p, 100.0, 10.0), 0.759_622_7, 1e-6);
    }

    #[test]
    fn cold_caches() {
        let p = zipf(10_000, 0.8);
        near(distinct_items(&p, 10_000.0), 4_149.767, 1e-6);
        near(distinct_items(&p, 50_000.0), 8_645.675, 1e-6);
        near(distinct_items(&zipf(5_000, 1.0), 20_000.0), 3_186.386, 1e-6);
    }

    #[test]
    fn stampede_and_saturation() {
        near(fetches_per_expiry(500.0, 0.2), 101.0, 1e-12);
        near(saturating_hit_ratio(1_000.0, 150.0), 0.85, 1e-12);
        near(saturating_hit_ratio(100.0, 150.0), 0.0, 0.0);
    }

    /// Hit ratio of FIFO from the chain over its contents, iterated until nothing changes.
    fn fifo_by_chain(popularity: &[f64]) -> f64 {
        // Two places: state a n + b holds a, the newest, and b; it starts from any a, b apart.
        let n = popularity.len();
        let is_apart = |state: usize| state / n != state % n;
        let mut share: Vec<f64> = (0..n * n)
            .map(|state| f64::from(u8::from(is_apart(state))) / (n * n - n) as f64)
            .collect();
        for _ in 0..4_000 {
            let mut next = vec![0.0; n * n];
            for (state, held) in share.iter().enumerate() {
                for (k, p) in popularity.iter().enumerate() {
                    let is_hit = k == state / n || k == state % n;
                    let to = if is_hit { state } else { k * n + state / n };
                    next[to] += held * p;
                }
            }
            share = next;
        }
        let served = |state: usize| popularity[state / n] + popularity[state % n];
        let hits = share.iter().enumerate().map(|(s, held)| held * served(s));
        hits.sum()
    }

    #[test]
    fn fifo_is_what_its_chain_says() {
        let p = zipf(6, 1.1);
        near(fifo_hits(&p, 2), fifo_by_chain(&p), 1e-9);
    }

    #[test]
    fn edges() {
        let p = zipf(8, 1.0);
        for hits in [fifo_hits(&p, 8), lru_hits(&p, 9).unwrap(), lfu_hits(&p, 8)] {
            near(hits, 1.0, 1e-12);
        }
        near(che_lru_hits(&p, 8.0), 1.0, 1e-12);
        near(che_lru_hits(&p, 0.0), 0.0, 0.0);
        near(fifo_hits(&p, 0), 0.0, 0.0);
        // One place: a hit is the same item twice in a row.
        let twice: f64 = p.iter().map(|p| p * p).sum();
        near(lru_hits(&p, 1).unwrap(), twice, 1e-12);
        near(fifo_hits(&p, 1), twice, 1e-12);
        assert_eq!(lru_hits(&zipf(21, 1.0), 3), None);
    }
}
