//! Defaults by name: what well-known products mean by what is left out.
//!
//! `preset: Haproxy` beside other fields fills in what they leave out, as far as the product says
//! something about it; the rest means what it means without a preset. A value that the product
//! does not have, or that is no value of this field, is not in the table.

use super::preset::Preset;
use super::{At, code, eject};
use crate::diagnostic::Diagnostic;

/// A product whose values stand for what is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename = "preset")]
pub enum Product {
    /// A load balancer.
    Haproxy,
    /// A web server and proxy.
    Nginx,
    /// A proxy beside services.
    Envoy,
    /// A library of guards.
    Resilience4j,
    /// A server of applications.
    Tomcat,
}

const HAPROXY: Preset = Preset {
    of: "preset: Haproxy",
    field: "retry.attempts",
    value: "4",
    source: "HAProxy 3.5, Configuration Manual, retries: 3 beyond the first",
};
const HAPROXY_VALUES: [Preset; 5] = [
    HAPROXY,
    Preset {
        field: "retry.backoff",
        value: "\"1s\"",
        source: "HAProxy 3.5, Configuration Manual, retries: min(timeout connect, 1 s)",
        ..HAPROXY
    },
    Preset {
        field: "health.interval",
        value: "\"2s\"",
        source: "HAProxy 3.5, Configuration Manual, server option inter",
        ..HAPROXY
    },
    Preset {
        field: "health.fall",
        value: "3",
        source: "HAProxy 3.5, Configuration Manual, server option fall",
        ..HAPROXY
    },
    Preset {
        field: "health.rise",
        value: "2",
        source: "HAProxy 3.5, Configuration Manual, server option rise",
        ..HAPROXY
    },
];

const NGINX: Preset = Preset {
    of: "preset: Nginx",
    field: "retry.backoff",
    value: "\"0s\"",
    source: "nginx 1.22, Module ngx_http_proxy_module, proxy_next_upstream: the next, at once",
};
const NGINX_VALUES: [Preset; 8] = [
    NGINX,
    Preset {
        field: "retry.elsewhere",
        value: "true",
        ..NGINX
    },
    Preset {
        of: NGINX.of,
        ..eject::FAILURES
    },
    Preset {
        of: NGINX.of,
        ..eject::COUNTED
    },
    Preset {
        of: NGINX.of,
        ..eject::TIME
    },
    Preset {
        of: NGINX.of,
        ..eject::AGAIN
    },
    Preset {
        of: NGINX.of,
        ..eject::BACK
    },
    Preset {
        of: NGINX.of,
        ..eject::MOST
    },
];

const ENVOY: Preset = Preset {
    of: "preset: Envoy",
    field: "retry.attempts",
    value: "2",
    source: "Envoy 1.25, HTTP filters, Router, x-envoy-max-retries: one retry",
};
const ENVOY_VALUES: [Preset; 9] = [
    ENVOY,
    Preset {
        field: "retry.backoff",
        value: "Doubling(from: \"25ms\", cap: \"250ms\")",
        source: "Envoy 1.25, HTTP filters, Router, x-envoy-max-retries (there 25, 75, 175 ms ..)",
        ..ENVOY
    },
    Preset {
        field: "retry.jitter",
        value: "Full",
        source: "Envoy 1.25, HTTP filters, Router, x-envoy-max-retries: fully jittered",
        ..ENVOY
    },
    Preset {
        field: "eject.failures",
        value: "5",
        source: "Envoy 1.25, API, outlier_detection.proto, consecutive_5xx",
        ..ENVOY
    },
    Preset {
        field: "eject.counted",
        value: "InARow",
        source: "Envoy 1.25, API, outlier_detection.proto, consecutive_5xx",
        ..ENVOY
    },
    Preset {
        field: "eject.time",
        value: "\"30s\"",
        source: "Envoy 1.25, API, outlier_detection.proto, base_ejection_time",
        ..ENVOY
    },
    Preset {
        field: "eject.again",
        value: "Longer(\"300s\")",
        source: "Envoy 1.25, API, outlier_detection.proto, base_ejection_time, max_ejection_time",
        ..ENVOY
    },
    Preset {
        field: "eject.back",
        value: "AtSweep(\"10s\")",
        source: "Envoy 1.25, API, outlier_detection.proto, interval",
        ..ENVOY
    },
    Preset {
        field: "eject.most",
        value: "0.1",
        source: "Envoy 1.25, API, outlier_detection.proto, max_ejection_percent",
        ..ENVOY
    },
];

const RESILIENCE4J: Preset = Preset {
    of: "preset: Resilience4j",
    field: "retry.attempts",
    value: "3",
    source: "resilience4j 2, RetryConfig, DEFAULT_MAX_ATTEMPTS",
};
const RESILIENCE4J_VALUES: [Preset; 8] = [
    RESILIENCE4J,
    Preset {
        field: "retry.backoff",
        value: "\"500ms\"",
        source: "resilience4j 2, RetryConfig, DEFAULT_WAIT_DURATION",
        ..RESILIENCE4J
    },
    Preset {
        field: "retry.jitter",
        value: "Off",
        source: "resilience4j 2, IntervalFunction, ofExponentialBackoff",
        ..RESILIENCE4J
    },
    Preset {
        field: "breaker.failure_rate",
        value: "0.5",
        source: "resilience4j 2, CircuitBreakerConfig, DEFAULT_FAILURE_RATE_THRESHOLD",
        ..RESILIENCE4J
    },
    Preset {
        field: "breaker.window",
        value: "100",
        source: "resilience4j 2, CircuitBreakerConfig, DEFAULT_SLIDING_WINDOW_SIZE",
        ..RESILIENCE4J
    },
    Preset {
        field: "breaker.minimum_calls",
        value: "100",
        source: "resilience4j 2, CircuitBreakerConfig, DEFAULT_MINIMUM_NUMBER_OF_CALLS",
        ..RESILIENCE4J
    },
    Preset {
        field: "breaker.open",
        value: "\"60s\"",
        source: "resilience4j 2, CircuitBreakerConfig, DEFAULT_WAIT_DURATION_IN_OPEN_STATE",
        ..RESILIENCE4J
    },
    Preset {
        field: "breaker.half_open",
        value: "10",
        source: "resilience4j 2, CircuitBreakerConfig, \
                 DEFAULT_PERMITTED_CALLS_IN_HALF_OPEN_STATE",
        ..RESILIENCE4J
    },
];

const TOMCAT: Preset = Preset {
    of: "preset: Tomcat",
    field: "threads",
    value: "200",
    source: "Apache Tomcat 10.1, The HTTP Connector, maxThreads",
};
const TOMCAT_VALUES: [Preset; 2] = [
    TOMCAT,
    Preset {
        field: "backlog",
        value: "100",
        source: "Apache Tomcat 10.1, The HTTP Connector, acceptCount",
        ..TOMCAT
    },
];

impl Product {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Haproxy,
        Self::Nginx,
        Self::Envoy,
        Self::Resilience4j,
        Self::Tomcat,
    ];

    /// The word in the file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Haproxy => "Haproxy",
            Self::Nginx => "Nginx",
            Self::Envoy => "Envoy",
            Self::Resilience4j => "Resilience4j",
            Self::Tomcat => "Tomcat",
        }
    }

    /// What it says.
    pub const fn values(self) -> &'static [Preset] {
        match self {
            Self::Haproxy => &HAPROXY_VALUES,
            Self::Nginx => &NGINX_VALUES,
            Self::Envoy => &ENVOY_VALUES,
            Self::Resilience4j => &RESILIENCE4J_VALUES,
            Self::Tomcat => &TOMCAT_VALUES,
        }
    }

    /// What it says about this field.
    fn value(self, field: &str) -> Option<&'static Preset> {
        self.values().iter().find(|preset| preset.field == field)
    }
}

/// What a field means that is left out: as the product says, or else as without one.
pub fn filled<'p>(product: Option<&At<Product>>, otherwise: &'p Preset) -> &'p Preset {
    product
        .and_then(|product| product.value.value(otherwise.field))
        .unwrap_or(otherwise)
}

/// Refuses a product that says nothing about any of these fields of `whose`.
pub fn silent(product: Option<&At<Product>>, whose: &str, fields: &[Preset]) -> Option<Diagnostic> {
    let product = product?;
    let says = |one: Product| fields.iter().any(|field| one.value(field.field).is_some());
    if says(product.value) {
        return None;
    }
    let others = Product::ALL.into_iter().filter(|other| says(*other));
    let others: Vec<_> = others.map(Product::word).collect();
    let word = product.value.word();
    let message = format!("the preset {word} says nothing about {whose}");
    let help = format!("write {}, or leave `preset` out", others.join(" or "));
    let problem = Diagnostic::error(code::CONFLICT, message);
    Some(problem.at(product.span.clone()).help(help))
}
