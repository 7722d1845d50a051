//! R9 of the reliability reference cases: redundant but shared.

use linchpin::reliability::{Formula, GateId, Reading};

/// R9 with its racks, as a formula: parts in the order of [`R9`]; `racks` gives each host's.
fn shared_fate(racks: [usize; 5]) -> (Formula, GateId, GateId) {
    let mut f = Formula::default();
    let up: Vec<GateId> = (0..R9.len()).map(|part| f.up(part)).collect();
    let on = |f: &mut Formula, part: usize, host: usize| {
        f.all_of(vec![up[part], up[9 + host - 1], up[14 + racks[host - 1]]])
    };
    let nodes: Vec<GateId> = [(2, 5), (3, 1), (4, 2), (5, 1), (6, 2), (7, 3), (8, 4)]
        .iter()
        .map(|&(part, host)| on(&mut f, part, host))
        .collect();
    let dns = f.any_of(vec![up[0], up[1]]);
    let web = f.any_of(vec![nodes[1], nodes[2]]);
    let was = f.any_of(vec![nodes[3], nodes[4]]);
    let any_db = f.any_of(vec![nodes[5], nodes[6]]);
    let read = f.all_of(vec![dns, nodes[0], web, was, any_db]);
    let write = f.all_of(vec![dns, nodes[0], web, was, nodes[5]]);
    (f, read, write)
}

/// Parts of R9 and their unavailability.
const R9: [(&str, f64); 16] = [
    ("dns1", 1e-3),
    ("dns2", 1e-3),
    ("l4", 5e-4),
    ("web1", 1e-3),
    ("web2", 1e-3),
    ("was1", 2e-3),
    ("was2", 2e-3),
    ("dbm", 2e-3),
    ("dbr", 2e-3),
    ("h1", 1e-3),
    ("h2", 1e-3),
    ("h3", 1e-3),
    ("h4", 1e-3),
    ("h5", 1e-3),
    ("rA", 1e-4),
    ("rB", 1e-4),
];

/// Minimal cut sets by order (1, 2, 3) and unavailability, over all 65,536 states.
fn enumerate(formula: &Formula, root: GateId) -> ([Vec<u32>; 3], f64) {
    let mut fails = vec![false; 1 << 16];
    let mut words = Vec::new();
    for block in 0..1_u64 << 10 {
        let down: Vec<u64> = (0..16)
            .map(|part| {
                let is_down = |bit: &u64| ((block * 64 + bit) >> part) & 1 == 1;
                (0..64).filter(is_down).fold(0, |word, bit| word | 1 << bit)
            })
            .collect();
        formula.evaluate(Reading::Possible, &down, &mut words);
        for bit in 0..64 {
            fails[(block * 64 + bit) as usize] = (words[root.index()] >> bit) & 1 == 0;
        }
    }
    let mut minimal = [Vec::new(), Vec::new(), Vec::new()];
    let mut unavailability = 0.0;
    for state in (0..1_u32 << 16).filter(|&state| fails[state as usize]) {
        let is_down = |part: usize| (state >> part) & 1 == 1;
        let chance = |part: usize| {
            if is_down(part) {
                R9[part].1
            } else {
                1.0 - R9[part].1
            }
        };
        unavailability += (0..R9.len()).map(chance).product::<f64>();
        let parts = (0..16).filter(|&part| is_down(part));
        let is_minimal = parts
            .clone()
            .all(|part| !fails[(state & !(1 << part)) as usize]);
        if is_minimal && parts.clone().count() <= 3 {
            minimal[parts.count() - 1].push(state);
        }
    }
    (minimal, unavailability)
}

fn named(states: &[u32]) -> Vec<&'static str> {
    (0..16)
        .filter(|part| states.contains(&(1 << part)))
        .map(|part| R9[part].0)
        .collect()
}

#[test]
fn racks_hide_single_points_as_in_the_reference_case() {
    let split = [0, 1, 0, 1, 0];
    let cases = [
        (
            split,
            false,
            vec!["l4", "h5", "rA"],
            17,
            0.001_621_977_687_89,
        ),
        (
            split,
            true,
            vec!["l4", "dbm", "h3", "h5", "rA"],
            11,
            0.004_605_872_052_82,
        ),
        (
            [0; 5],
            false,
            vec!["l4", "h5", "rA"],
            12,
            0.001_621_282_796_03,
        ),
        (
            [0; 5],
            true,
            vec!["l4", "dbm", "h3", "h5", "rA"],
            8,
            0.004_605_475_580_24,
        ),
    ];
    for (racks, writes, singles, pairs, expected) in cases {
        let (formula, read, write) = shared_fate(racks);
        let (minimal, unavailability) = enumerate(&formula, if writes { write } else { read });
        assert_eq!(named(&minimal[0]), singles);
        assert_eq!(minimal[1].len(), pairs);
        assert_eq!(minimal[2].len(), 0);
        assert!(
            (unavailability - expected).abs() < 1e-14,
            "{unavailability}"
        );
    }
}
