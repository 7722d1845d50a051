//! Open networks of M/M/c stations with random routing (Jackson networks).
//!
//! Source: J. R. Jackson 1957, *Networks of waiting lines*, Operations Research 5.

use super::levels::eliminate;
use super::mmc::Mmc;

/// One station of an open network.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Poisson arrivals from outside per second, 0 or more.
    pub arrivals: f64,
    /// Services per second of one busy server.
    pub service_rate: f64,
    /// Number of servers.
    pub servers: u32,
    /// Where requests go next: (index of the node, chance); what is missing to 1 leaves.
    pub next: Vec<(usize, f64)>,
}

/// Solution of an open network.
#[derive(Clone, Debug, PartialEq)]
pub struct Open {
    /// Requests per second through each node.
    pub flows: Vec<f64>,
    /// Mean visits of a request to each node.
    pub visits: Vec<f64>,
    /// Each node as a station of its own.
    pub stations: Vec<Mmc>,
    /// Mean time in seconds from arrival to departure.
    pub response: f64,
}

/// Solves the flows and with them the network.
///
/// `None` if nothing arrives, if a node is overloaded or gets no flow, if requests never leave,
/// or if a route leads to a node that does not exist.
pub fn open_network(nodes: &[Node]) -> Option<Open> {
    let arrivals: f64 = nodes.iter().map(|node| node.arrivals).sum();
    if arrivals.is_nan() || arrivals <= 0.0 {
        return None;
    }
    let flows = flows(nodes)?;
    let stations = nodes
        .iter()
        .zip(&flows)
        .map(|(node, &flow)| Mmc::new(flow, node.service_rate, node.servers))
        .collect::<Option<Vec<Mmc>>>()?;
    let in_system: f64 = stations.iter().map(Mmc::mean_in_system).sum();
    let visits = flows.iter().map(|flow| flow / arrivals).collect();
    Some(Open {
        flows,
        visits,
        stations,
        response: in_system / arrivals,
    })
}

/// Solves flow = arrivals + what other nodes send, by elimination with pivots.
fn flows(nodes: &[Node]) -> Option<Vec<f64>> {
    let size = nodes.len();
    let mut rows = vec![vec![0.0; size + 1]; size];
    for (index, node) in nodes.iter().enumerate() {
        rows[index][index] += 1.0;
        rows[index][size] = node.arrivals;
        for &(next, chance) in &node.next {
            rows.get_mut(next)?[index] -= chance;
        }
    }
    eliminate(&mut rows, size, 1e-12)?;
    Some(rows.iter().map(|row| row[size]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::check::near;

    fn node(arrivals: f64, service: f64, servers: u32, next: Vec<(usize, f64)>) -> Node {
        Node {
            arrivals,
            service_rate: 1.0 / service,
            servers,
            next,
        }
    }

    #[test]
    fn four_servers_behind_a_random_split_then_one_database() {
        let mut nodes = vec![node(140.0, 0.01, 2, vec![(4, 1.0)]); 4];
        nodes.push(node(0.0, 0.005, 4, vec![]));
        let found = open_network(&nodes).unwrap();
        near(found.response, 0.026_394, 2e-5);
        near(found.flows[4], 560.0, 1e-12);
    }

    #[test]
    fn the_passport_office() {
        // N. Gunther, Analyzing Computer System Performance with Perl::PDQ, chapter 5.
        let nodes = [
            node(15.0 / 3_600.0, 20.0, 1, vec![(1, 0.3), (2, 0.7)]),
            node(0.0, 600.0, 1, vec![(2, 0.2), (3, 0.8)]),
            node(0.0, 300.0, 1, vec![(1, 0.1), (3, 0.9)]),
            node(0.0, 60.0, 1, vec![]),
        ];
        let found = open_network(&nodes).unwrap();
        near(found.visits[1], 0.377_551, 1e-6);
        near(found.visits[2], 0.775_510_2, 1e-6);
        near(found.stations[1].utilisation(), 0.943_877_6, 1e-6);
        near(found.stations[1].mean_in_system(), 16.818_18, 1e-6);
        near(found.stations[2].mean_in_system(), 31.666_67, 1e-6);
        near(found.response, 11_738.18, 1e-6);
    }

    #[test]
    fn traps_overloads_and_unknown_nodes_have_no_solution() {
        assert_eq!(open_network(&[node(1.0, 0.1, 1, vec![(0, 1.0)])]), None);
        assert_eq!(open_network(&[node(20.0, 0.1, 1, vec![])]), None);
        assert_eq!(open_network(&[node(1.0, 0.1, 1, vec![(7, 1.0)])]), None);
        assert_eq!(open_network(&[]), None);
    }

    #[test]
    fn feedback_multiplies_visits() {
        let found = open_network(&[node(1.0, 0.1, 1, vec![(0, 0.5)])]).unwrap();
        near(found.visits[0], 2.0, 1e-12);
        near(found.response, 2.0 / 8.0, 1e-12);
    }
}
