//! The layered solver against exact chains and published simulations. Tolerances are the errors
//! of the approximation as measured, rounded up.

use super::*;
use crate::theory::check::near;

fn closed(users: u32, think: f64, uses: Vec<Use>) -> Chain {
    Chain {
        load: Load::Closed(users, think),
        uses,
    }
}

fn pool(permits: u32, uses: Vec<Use>) -> Pool {
    Pool { permits, uses }
}

#[test]
fn a_plain_station_is_the_repairman() {
    // LQNS regression 20: four clients, a pool of two.
    let found = layered(&Layered {
        chains: vec![closed(4, 1.0, vec![Use::Enter(0, 1.0)])],
        pools: vec![pool(2, vec![Use::Delay(1.0)])],
        servers: vec![],
    })
    .unwrap();
    near(found.throughput[0], 1.7, 1e-6);
    near(found.pools[0].wait, 0.352_941_2, 1e-6);
}

#[test]
fn sixty_threads_and_two_pools_of_the_database() {
    // JMT, ispass03.jsimg; times in ms. Exact chain of 77,531 states.
    let found = layered(&Layered {
        chains: vec![closed(80, 200.0, vec![Use::Enter(0, 1.0)])],
        pools: vec![
            pool(60, vec![Use::Serve(0, 1.0, 70.0), Use::Enter(1, 1.0)]),
            pool(40, vec![Use::Enter(2, 1.0)]),
            pool(30, vec![Use::Serve(1, 1.0, 53.0), Use::Serve(2, 1.0, 12.0)]),
        ],
        servers: vec![1, 1, 1],
    })
    .unwrap();
    near(found.throughput[0], 0.014_285_71, 0.001);
    near(found.pools[0].wait, 1_200.0, 0.001);
}

#[test]
fn ten_threads_in_front_of_three_stages() {
    let found = layered(&Layered {
        chains: vec![closed(30, 200.0, vec![Use::Enter(0, 1.0)])],
        pools: vec![pool(
            10,
            vec![
                Use::Serve(0, 1.0, 20.0),
                Use::Serve(1, 1.0, 15.0),
                Use::Serve(2, 1.0, 12.0),
            ],
        )],
        servers: vec![1, 1, 1],
    })
    .unwrap();
    near(found.throughput[0], 0.048_599_75, 0.03);
    near(found.response[0], 417.2871, 0.045);
}

#[test]
fn connections_inside_threads() {
    let found = layered(&Layered {
        chains: vec![closed(60, 1_000.0, vec![Use::Enter(0, 1.0)])],
        pools: vec![
            pool(16, vec![Use::Serve(0, 1.0, 10.0), Use::Enter(1, 1.0)]),
            pool(4, vec![Use::Delay(50.0)]),
        ],
        servers: vec![1],
    })
    .unwrap();
    near(found.throughput[0], 0.055_309_06, 0.01);
    near(found.response[0], 84.8133, 0.085);
}

#[test]
fn open_requests_into_threads() {
    let found = layered(&Layered {
        chains: vec![Chain {
            load: Load::Open(12.0),
            uses: vec![Use::Enter(0, 1.0)],
        }],
        pools: vec![pool(10, vec![Use::Serve(0, 1.0, 0.05), Use::Delay(0.4)])],
        servers: vec![1],
    })
    .unwrap();
    near(found.response[0], 0.534_773_9, 0.045);
}

#[test]
fn the_web_server_of_lqns() {
    // LQNS regression 94. Protocol hands each request on, so users go to both in turn.
    let web_calls = vec![
        Use::Serve(0, 1.0, 9.821),
        Use::Serve(1, 1.51, 5.0),
        Use::Enter(2, 0.04 + 0.06),
    ];
    let cgi_demand = 0.4 * 15.0 + 0.6 * 5.0;
    let cgi = vec![
        Use::Serve(0, 1.0, cgi_demand),
        Use::Enter(3, 0.4 * 1.6 + 0.6 * 4.3),
    ];
    let reads = 0.6 * 4.3 / (0.4 * 1.6 + 0.6 * 4.3);
    let database = vec![
        Use::Serve(2, 1.0, reads * 20.4 + (1.0 - reads) * 30.6),
        Use::Serve(3, reads * 4.0 + (1.0 - reads) * 6.0, 5.0),
    ];
    let found = layered(&Layered {
        chains: vec![closed(
            225,
            3_000.0,
            vec![Use::Enter(0, 1.0), Use::Enter(1, 1.0)],
        )],
        pools: vec![
            pool(1, vec![Use::Serve(0, 1.0, 6.2)]),
            pool(10, web_calls),
            pool(3, cgi),
            pool(1, database),
        ],
        servers: vec![1, 1, 1, 1],
    })
    .unwrap();
    near(found.throughput[0], 0.056_97, 0.04);
    near(found.stations[0].utilisation, 0.964_5, 0.04);
}

/// The sock shop: throughputs of both classes for (N1, N2) users.
fn sock_shop(first: u32, second: u32) -> [f64; 2] {
    // Pools: 0 cart, 1 catalogue, 2 sql, 3 order, 4 mongo, 5 shipping, 6 payment.
    // Stations: 0 login (2 cores), 1 cart, 2 catalogue, 3 sql disk, 4 order, 5 mongo disk,
    // 6 shipping, 7 payment.
    let users = |n, own, login: f64, logout: f64, rest: Vec<Use>| {
        let mut uses = vec![Use::Serve(0, login, 10.0), Use::Serve(0, logout, 5.0)];
        uses.extend([Use::Enter(0, 2.0), Use::Delay(own)]);
        uses.extend(rest);
        closed(n, 0.0, uses)
    };
    let found = layered(&Layered {
        chains: vec![
            users(
                first,
                10.0,
                0.6,
                0.6,
                vec![Use::Enter(1, 0.2), Use::Enter(6, 5.0), Use::Enter(3, 1.0)],
            ),
            users(second, 5.0, 0.5, 0.5, vec![Use::Enter(1, 1.0)]),
        ],
        pools: vec![
            pool(1, vec![Use::Serve(1, 1.0, 0.5)]),
            pool(1, vec![Use::Serve(2, 1.0, 0.4), Use::Enter(2, 2.0)]),
            pool(1, vec![Use::Serve(2, 1.0, 0.1), Use::Serve(3, 0.1, 0.2)]),
            pool(
                1,
                vec![
                    Use::Serve(4, 1.0, 0.5),
                    Use::Enter(4, 2.0),
                    Use::Enter(5, 0.5),
                ],
            ),
            pool(1, vec![Use::Serve(4, 1.0, 0.8), Use::Serve(5, 2.2, 0.4)]),
            pool(1, vec![Use::Serve(6, 1.0, 0.5)]),
            pool(1, vec![Use::Serve(7, 1.0, 1.5)]),
        ],
        servers: vec![2, 1, 1, 1, 1, 1, 1, 1],
    })
    .unwrap();
    [found.throughput[0], found.throughput[1]]
}

#[test]
fn the_sock_shop() {
    // LQNS user models, zhou-multiserver, file `sim`.
    for (first, second, expected) in [
        (5, 5, [0.080_836, 0.167_792]),
        (10, 20, [0.065_947_5, 0.187_574]),
        (50, 10, [0.133_367, 0.106_982]),
    ] {
        let own = sock_shop(first, second);
        near(own[0], expected[0], 0.03);
        near(own[1], expected[1], 0.03);
    }
}

#[test]
fn circles_overloads_and_nonsense_have_no_solution() {
    let circle = Layered {
        chains: vec![closed(1, 1.0, vec![Use::Enter(0, 1.0)])],
        pools: vec![
            pool(1, vec![Use::Enter(1, 1.0)]),
            pool(1, vec![Use::Enter(0, 1.0)]),
        ],
        servers: vec![],
    };
    assert_eq!(layered(&circle), None);
    let flood = Layered {
        chains: vec![Chain {
            load: Load::Open(3.0),
            uses: vec![Use::Serve(0, 1.0, 0.5)],
        }],
        pools: vec![],
        servers: vec![1],
    };
    assert_eq!(layered(&flood), None);
    assert_eq!(layered(&Layered::default()), None);
}
