//! Marks of a long run add up to the run and cost it nothing.

use super::*;
use crate::engine::build::{plan, tiers};
use crate::engine::observation::Observations;
use crate::engine::plan::{End, Plan};
use crate::law::Law;
use crate::statistics::Bands;

fn marked(end: End, mark_ns: u64) -> Observations {
    let program = tiers(
        2,
        Law::Exponential { mean: 1e6 },
        Law::Exponential { mean: 5e5 },
        3_000.0,
    );
    let plan = Plan {
        warm_up: 50_000_000,
        mark_ns,
        ..plan(5, end)
    };
    checked(&program, &plan)
}

/// Stretches between the marks, up to the whole run.
fn stretches(run: &Observations) -> Vec<Observations> {
    let mut end = run.clone();
    end.bands = run
        .classes
        .iter()
        .map(|class| crate::engine::observation::ClassBands {
            response: Bands::of(&class.response),
            waiting: Bands::of(&class.waiting),
        })
        .collect();
    let start = Observations {
        window: (run.window.0, run.window.0),
        ..end.since(&end)
    };
    let marks: Vec<&Observations> = std::iter::once(&start)
        .chain(&run.marks)
        .chain([&end])
        .collect();
    marks
        .windows(2)
        .map(|pair| pair[1].since(pair[0]))
        .collect()
}

#[test]
fn stretches_add_up_to_the_run() {
    let run = marked(End::At(2_050_000_000), 100_000_000);
    assert_eq!(run.marks.len(), 19, "the end is no mark");
    let parts = stretches(&run);
    assert!(
        parts
            .windows(2)
            .all(|pair| pair[0].window.1 == pair[1].window.0)
    );
    let sum = |of: &dyn Fn(&Observations) -> u128| parts.iter().map(of).sum::<u128>();
    let same = |of: &dyn Fn(&Observations) -> u128, text: &str| {
        assert_eq!(sum(of), of(&run), "{text}");
        assert!(of(&run) > 0, "{text}");
    };
    same(&|run| u128::from(run.classes[0].offered), "offered");
    same(&|run| run.classes[0].response_sum, "response");
    same(
        &|run| u128::from(run.classes[0].completed_in_window.0),
        "completed",
    );
    same(&|run| run.in_system.area, "in system");
    same(&|run| u128::from(run.error_free_seconds.1), "seconds");
    for place in 0..run.components.len() {
        same(&|run| u128::from(run.components[place].completed), "visits");
        same(
            &|run| u128::from(run.components[place].classes[0].completed),
            "by class",
        );
        same(
            &|run| run.components[place].residence_sum.max(1),
            "residence",
        );
    }
    for place in 0..run.stations.len() {
        same(&|run| run.stations[place].busy.area, "busy");
        same(&|run| u128::from(run.stations[place].served), "served");
    }
    let count = |run: &Observations| run.bands[0].response.count();
    assert_eq!(
        parts.iter().map(count).sum::<u64>(),
        run.classes[0].response.count()
    );
}

#[test]
fn marks_change_nothing_and_stay_few() {
    let requests = End::Requests(20_000);
    let (plain, many) = (marked(requests, 0), marked(requests, 10_000_000));
    assert!(plain.marks.is_empty());
    assert!((32..64).contains(&many.marks.len()), "{}", many.marks.len());
    assert_eq!(plain.events, many.events);
    assert_eq!(plain.classes[0].response, many.classes[0].response);
    assert_eq!(plain.stations, many.stations);
    let distance = |pair: &[Observations]| pair[1].window.1 - pair[0].window.1;
    let first = distance(&many.marks[..2]);
    assert!(first > 10_000_000 && many.marks.windows(2).all(|pair| distance(pair) == first));
    let late: u64 = stretches(&many)
        .iter()
        .map(|part| part.classes[0].succeeded)
        .sum();
    assert_eq!(
        late, 20_000,
        "those answered after the window count to the last stretch"
    );
}
