//! Hit ratios of small caches that are known exactly (validation cases lru-10, line-cache: W. F.
//! King, "Analysis of demand paging algorithms", 1971, by enumeration for LRU; E. Gelenbe, "A
//! unified approach to the evaluation of a class of replacement algorithms", 1973, for FIFO and
//! random), from an empty start over a long run, and of the very first lookup after a warm start.

use std::sync::Arc;

use crate::engine::cache::shard::{Found, Rules, Shard};
use crate::engine::cache::warm::warm;
use crate::engine::cache::{Cache, Caches, Capacity, Eviction, Fill, Keys, Renew};
use crate::engine::id::{ComponentId, NodeId};
use crate::engine::program::{Node, Program};
use crate::law::{Popularity, mix};

/// Items, exponent, room, who leaves, share of hits.
const KNOWN: [(u32, f64, u64, Eviction, f64); 6] = [
    (10, 1.0, 4, Eviction::Lru, 0.584_505_2),
    (10, 1.0, 4, Eviction::Fifo, 0.549_336_6),
    (10, 1.0, 4, Eviction::Random, 0.549_336_6),
    (10, 1.0, 4, Eviction::Lfu, 0.711_285_7),
    (5, 1.4, 2, Eviction::Random, 0.590_396),
    (5, 1.4, 2, Eviction::Lru, 0.616_626_7),
];

#[test]
fn a_long_run_has_the_known_share_of_hits() {
    for (items, exponent, room, eviction, expected) in KNOWN {
        let popularity = Popularity::zipf(items, exponent);
        let rules = Rules {
            capacity: Some(room),
            ttl: None,
            renew: Renew::OnFetch,
        };
        let mut shard = Shard::new(eviction, 3);
        let (warm_up, counted) = (10_000, 400_000_u32);
        let mut hits = 0;
        for n in 0..warm_up + counted {
            let item = popularity.draw(mix(u64::from(n)));
            let hit = shard.look(&rules, item, 0) == Found::Fresh;
            if !hit {
                shard.fill(&rules, item, 1, 0);
            }
            hits += u32::from(hit && n >= warm_up);
        }
        let ratio = f64::from(hits) / f64::from(counted);
        // Lookups are not independent: five times the binomial standard deviation of 0.0008.
        assert!(
            (ratio - expected).abs() < 0.004,
            "{eviction:?}: {ratio}, not {expected}"
        );
    }
}

fn program(items: u32, exponent: f64, room: u64, eviction: Eviction) -> Program {
    let cache = Cache {
        component: ComponentId(0),
        shards: vec![vec![NodeId(0)]],
        owner: None,
        expected_hits: 0.5,
        popularity: Arc::new(Popularity::zipf(items, exponent)),
        keys: Keys::Drawn,
        capacity: Capacity::Items(room),
        eviction,
        ttl: None,
        renew: Renew::OnFetch,
        fill: Fill::Every,
        warm: true,
        lookups_per_ns: 1e-7,
        key: 9,
    };
    Program {
        nodes: vec![Node {
            name: "cache".into(),
            component: ComponentId(0),
            stations: Vec::new(),
        }],
        caches: vec![cache],
        ..Program::default()
    }
}

#[test]
fn the_first_lookup_after_a_warm_start_has_the_known_share_of_hits() {
    for (items, exponent, room, eviction, expected) in KNOWN {
        let program = program(items, exponent, room, eviction);
        let starts = 20_000_u32;
        let mut hits = 0;
        for start in 0..starts {
            let base = mix(u64::from(start));
            let mut caches = Caches::new(&program, base);
            warm(&program, 0, &mut caches, &mut [], base);
            let item = program.caches[0].popularity.draw(mix(base ^ 0xABCD));
            hits += u32::from(caches.contents[0].shards[0].has(item));
        }
        let ratio = f64::from(hits) / f64::from(starts);
        let sd = (expected * (1.0 - expected) / f64::from(starts)).sqrt();
        assert!(
            (ratio - expected).abs() < 4.5 * sd,
            "{eviction:?}: {ratio}, not {expected}"
        );
    }
}

/// With room for everything a warm cache holds everything; by size it is full up to the first
/// item that did not fit.
#[test]
fn a_warm_cache_is_full() {
    let mut program = program(1000, 0.9, 5000, Eviction::Lru);
    let held = |program: &Program| {
        let mut caches = Caches::new(program, 1);
        warm(program, 0, &mut caches, &mut [], 1);
        caches.contents[0].shards[0].held
    };
    assert_eq!(held(&program), 1000);
    program.caches[0].capacity = Capacity::Bytes(100_000, crate::law::Law::Constant(300.0));
    assert_eq!(held(&program), 333 * 300);
}

/// 1000 items, exponent 0.9, 100 lookups/s, 10 s to live, room for all (validation case ttl: per
/// item `rT / (1 + rT)` where a fetch alone renews, `1 - exp(-rT)` where a hit does).
#[test]
fn after_a_warm_start_entries_have_the_known_ages() {
    for (renew, expected) in [(Renew::OnFetch, 0.671_678), (Renew::OnHit, 0.759_622_7)] {
        let mut program = program(1000, 0.9, 1000, Eviction::Lru);
        (program.caches[0].renew, program.caches[0].ttl) = (renew, Some(10_000_000_000));
        let (starts, mut later) = (4_000_u32, 0);
        let mut hits = 0;
        for start in 0..starts {
            let base = mix(u64::from(start));
            let mut caches = Caches::new(&program, base);
            warm(&program, 0, &mut caches, &mut [], base);
            let rules = caches.contents[0].rules;
            let shard = &mut caches.contents[0].shards[0];
            for lookup in 0..10 {
                let item = program.caches[0].popularity.draw(mix(base ^ lookup));
                hits += u32::from(shard.look(&rules, item, 0) == Found::Fresh);
            }
            // Half of what is left is left after half of the time.
            let item = program.caches[0].popularity.draw(mix(base ^ 0xBCDE));
            later += u32::from(shard.look(&rules, item, 5_000_000_000) == Found::Fresh);
        }
        let ratio = f64::from(hits) / f64::from(10 * starts);
        assert!((ratio - expected).abs() < 0.011, "{renew:?}: {ratio}");
        if renew == Renew::OnFetch {
            let half = f64::from(later) / f64::from(starts);
            assert!((half - expected / 2.0).abs() < 0.035, "{half}");
        }
    }
}
