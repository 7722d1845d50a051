//! What a lost node does to the queues, against the whole network solved anew.

use linchpin::model::traffic::{Losses, Lost, Station, Traffic};
use linchpin::model::{Arrivals, Model, NodeId};

use crate::support::random_model::random_model;

/// Queues that the loss pushes past their capacity.
fn pushed(before: &[Station], after: Vec<Station>) -> Vec<Station> {
    let was_full = |station: &Station| {
        let same = before.iter().find(|other| other.place == station.place);
        same.is_some_and(|other| other.utilisation >= 1.0)
    };
    let full = after
        .into_iter()
        .filter(|station| station.utilisation >= 1.0);
    full.filter(|station| !was_full(station)).collect()
}

/// The same model under another load.
fn scaled(mut model: Model, factor: f64) -> Model {
    for workload in &mut model.workloads {
        if let Arrivals::Open { rate_per_s, .. } = &mut workload.arrivals {
            *rate_per_s *= factor;
        }
    }
    model
}

#[test]
fn a_loss_pushes_the_same_queues_past_their_capacity_as_in_a_network_solved_anew() {
    let (mut losses_seen, mut pushed_seen) = (0, 0);
    for seed in 0..600 {
        let model = random_model(seed, seed % 3 == 0);
        let fullest = |model: &Model| {
            let stations = Traffic::new(model).open_stations(&Lost::none());
            let used = stations.into_iter().flatten().map(|s| s.utilisation);
            used.fold(0.0, f64::max)
        };
        let most = fullest(&model);
        if most <= 0.0 {
            continue;
        }
        // From little room to some room, and with a queue that is full already.
        let model = scaled(model, [0.999, 0.8, 0.6, 1.3][seed as usize % 4] / most);
        let traffic = Traffic::new(&model);
        let before = traffic.open_stations(&Lost::none()).unwrap_or_default();
        let mut losses = Losses::new(&traffic);
        for node in (0..model.nodes.len()).map(NodeId::from) {
            let anew = traffic.open_stations(&Lost::node(node)).unwrap_or_default();
            let anew = pushed(&before, anew);
            let quick = losses.as_mut().map(|losses| losses.without(node));
            let quick = pushed(&before, quick.unwrap_or_default());
            assert_eq!(quick, anew, "seed {seed}, node {}", model.node(node).name);
            losses_seen += 1;
            pushed_seen += usize::from(!anew.is_empty());
        }
    }
    assert!(
        losses_seen > 2_000 && pushed_seen > 200,
        "{losses_seen} {pushed_seen}"
    );
}
