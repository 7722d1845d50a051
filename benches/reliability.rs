//! What it costs to find single points, pairs and cut sets in generated structures.
//!
//! `cargo bench --bench reliability` takes all single points of 10,000 components, all pairs of
//! 1,000, and the cut sets of a tree of 110 shared events. Before anything is timed, the counts
//! are held against every subset of the same kind of tree with 20 events, and at 110 events those
//! of one engine against those of the other.

#![expect(clippy::print_stdout, reason = "the counts are a result")]

use std::hint::black_box;

use criterion::Criterion;
use linchpin::model::Model;
use linchpin::model::builder::{Builder, constant, ms};
use linchpin::reliability::{
    Bdd, Family, FaultTree, NODES_MAX, Structure, cut_sets, single_points,
};

/// Components that each calls.
const CALLS: usize = 10;

/// A tree of calls: each component calls ten others; every hundredth has one node, the others
/// two. One host for twenty components, twenty hosts a rack; the two nodes of a component stand in
/// different racks.
fn calls(components: usize) -> Model {
    let mut b = Builder::new("generated");
    let hosts: Vec<_> = (0..components.div_ceil(10))
        .map(|host| b.host(&format!("h{host}"), 64))
        .collect();
    for (rack, hosts) in hosts.chunks(20).enumerate() {
        b.rack(&format!("r{rack}"), hosts);
    }
    let half = hosts.len() / 2;
    let parts: Vec<_> = (0..components)
        .map(|place| {
            let nodes = if place % 100 == 99 { 1 } else { 2 };
            let part = b.component(&format!("c{place}"), nodes);
            let host = hosts[place / 20 % half];
            let other = hosts[half + place / 20 % half];
            b.on(part, &[host, other][..nodes as usize]);
            part
        })
        .collect();
    for (place, &part) in parts.iter().enumerate() {
        let mut steps = vec![b.work(part, "cpu", constant(ms(1)))];
        let first = place * CALLS + 1;
        for callee in parts.iter().skip(first).take(CALLS) {
            steps.push(b.call(part, *callee));
        }
        b.operation(part, "default", steps);
    }
    b.open("users", 10.0, &[("default", parts[0], 1.0)]);
    b.build()
}

/// A row of `events`, each of them part of a dozen gates: a cell fails with one event or with
/// either of two pairs next to it, the whole with any four of seven cells in a row. Nothing of it
/// stands alone.
fn shared(events: usize) -> FaultTree {
    let mut tree = FaultTree::new();
    let event: Vec<u32> = (0..events).map(|event| tree.event(event)).collect();
    let cells: Vec<u32> = event
        .windows(5)
        .map(|near| {
            let pairs = [[1, 4], [2, 3]].map(|pair| {
                let both = pair.map(|step| near[step]).to_vec();
                tree.all(both)
            });
            tree.any(vec![near[0], pairs[0], pairs[1]])
        })
        .collect();
    let rows = cells
        .windows(7)
        .map(|row| tree.at_least(4, row.to_vec()))
        .collect();
    let top = tree.any(rows);
    tree.set_top(top);
    tree
}

/// How many minimal cut sets there are, by trying every subset.
fn counted(tree: &FaultTree, events: usize) -> u128 {
    let sets = 0..1_usize << events;
    let failing: Vec<bool> = sets
        .map(|set| tree.fails(|event| (set >> event) & 1 == 1))
        .collect();
    let is_minimal = |set: &usize| {
        let mut members = (0..events).filter(|event| (set >> event) & 1 == 1);
        failing[*set] && members.all(|event| !failing[set & !(1 << event)])
    };
    (0..failing.len()).filter(is_minimal).count() as u128
}

/// Both engines' counts, which must be the same.
fn both(tree: &FaultTree) -> u128 {
    let fits = "the tree fits";
    let bdd = Bdd::of(tree, NODES_MAX).expect(fits);
    let solved = Family::of_bdd(&bdd, None, NODES_MAX).expect(fits);
    let below = Family::of_tree(tree, None, NODES_MAX).expect(fits);
    assert_eq!(solved.counts(), below.counts(), "two ways to the cut sets");
    solved.count()
}

fn main() {
    let (small, large) = (shared(20), shared(110));
    assert_eq!(both(&small), counted(&small, 20), "cut sets of 20 events");
    println!(
        "cut sets of 20 events: {}, of 110: {}",
        both(&small),
        both(&large)
    );
    let mut criterion = Criterion::default().sample_size(10).configure_from_args();
    let model = calls(10_000);
    criterion.bench_function("single points of 10,000 components", |bencher| {
        bencher.iter(|| {
            let structure = Structure::of(black_box(&model));
            single_points(&model, &structure).len()
        });
    });
    let model = calls(1_000);
    criterion.bench_function("pairs of 1,000 components", |bencher| {
        bencher.iter(|| {
            let sets = cut_sets(&Structure::of(black_box(&model)));
            sets[0].pairs.as_ref().expect("all pairs are tried").len()
        });
    });
    criterion.bench_function("cut sets of 110 shared events, by decisions", |bencher| {
        bencher.iter(|| {
            let bdd = Bdd::of(black_box(&large), NODES_MAX).expect("it fits");
            Family::of_bdd(&bdd, None, NODES_MAX)
                .expect("it fits")
                .count()
        });
    });
    criterion.bench_function("cut sets of 110 shared events, gate by gate", |bencher| {
        bencher.iter(|| {
            let family = Family::of_tree(black_box(&large), None, NODES_MAX);
            family.expect("it fits").count()
        });
    });
    criterion.final_summary();
}
