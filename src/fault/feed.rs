//! Feeds: a host with several is down while none of them is up.

use super::{Span, Windows, span};
use crate::model::{Model, NodeId};

/// Adds the stretches in which hosts have no power left to those of their nodes.
pub(super) fn black_outs(model: &Model, windows: &mut Windows) {
    for (place, node) in model.nodes.iter().enumerate() {
        let Some(host) = node.host else { continue };
        let feeds = &model.hosts[host.index()].fed_by;
        let down = feeds.iter().map(|feed| windows.racks[feed.index()].clone());
        let down: Vec<Vec<Span>> = down.map(span::union).collect();
        let node = NodeId::from(place);
        if let Some((first, others)) = down.split_first() {
            let dark = others
                .iter()
                .fold(first.clone(), |dark, other| both(&dark, other));
            windows.nodes[node.index()].extend(dark);
        }
    }
}

/// The stretches that lie in both of two rows.
fn both(one: &[Span], other: &[Span]) -> Vec<Span> {
    let pairs = one.iter().flat_map(|a| other.iter().map(|b| a.and(*b)));
    span::union(pairs.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::builder::{Builder, seconds};
    use crate::model::{Fault, FaultKind, FaultTarget, Rack, RackId, RackKind};

    /// h1 has two feeds, h2 one of them alone. One feed is down from 10 to 40, the other from 30 to
    /// 60: h1 is dark from 30 to 40, h2 from 10 to 40.
    #[test]
    fn a_host_with_two_feeds_is_dark_while_both_are_down() {
        let mut b = Builder::new("t");
        let hosts = [b.host("h1", 1), b.host("h2", 1)];
        let part = b.component("a", 2);
        b.on(part, &hosts);
        let feeds = [RackId(0), RackId(1)];
        for name in ["f1", "f2"] {
            b.model().racks.push(Rack {
                name: name.into(),
                kind: RackKind::Feed,
                outage: None,
            });
        }
        b.model().hosts[0].fed_by = feeds.to_vec();
        b.model().hosts[1].within = vec![feeds[0]];
        let down = |feed: usize, at: u64| Fault {
            kind: FaultKind::Crash,
            target: FaultTarget::Rack(feeds[feed]),
            at: seconds(at),
            lasts: Some(seconds(30)),
        };
        let windows = Windows::of(&b.build(), &[down(0, 10), down(1, 30)], 1, 0);
        let span = |start, end| Span {
            start: seconds(start),
            end: seconds(end),
        };
        assert_eq!(windows.nodes, [[span(30, 40)], [span(10, 40)]]);
    }
}
