//! Ziggurat tables for the exponential and the normal law.
//!
//! Marsaglia and Tsang, "The ziggurat method for generating random variables", Journal of
//! Statistical Software 5(8), 2000, with 256 layers; layer and fraction come from disjoint bits
//! of one word, as Doornik asks for in "An improved ziggurat method", 2005. The tables are
//! computed with the portable functions of `libm` (S38).

use std::sync::LazyLock;

use super::sampler::{fraction, mix};

/// Where the tail of the exponential begins, for 256 layers.
const EXPONENTIAL_EDGE: f64 = 7.697_117_470_131_05;
/// Where the tail of the half normal begins, for 256 layers.
const NORMAL_EDGE: f64 = 3.654_152_885_361_009;

/// Edges of the layers and the density there.
#[derive(Debug)]
struct Table {
    x: [f64; 257],
    f: [f64; 257],
}

/// Both tables.
#[derive(Debug)]
pub struct Ziggurat {
    exponential: Table,
    normal: Table,
}

static TABLES: LazyLock<Ziggurat> = LazyLock::new(|| Ziggurat {
    exponential: Table::new(
        EXPONENTIAL_EDGE,
        (EXPONENTIAL_EDGE + 1.0) * libm::exp(-EXPONENTIAL_EDGE),
        |x| libm::exp(-x),
        |y| -libm::log(y),
    ),
    normal: Table::new(
        NORMAL_EDGE,
        NORMAL_EDGE * bell(NORMAL_EDGE)
            + (std::f64::consts::PI / 2.0).sqrt()
                * libm::erfc(NORMAL_EDGE / std::f64::consts::SQRT_2),
        bell,
        |y| (-2.0 * libm::log(y)).sqrt(),
    ),
});

fn bell(x: f64) -> f64 {
    libm::exp(-0.5 * x * x)
}

impl Table {
    /// Layers of equal area `area`; the lowest one holds the tail beyond `edge`.
    fn new(edge: f64, area: f64, density: fn(f64) -> f64, inverse: fn(f64) -> f64) -> Self {
        let mut x = [0.0; 257];
        x[0] = area / density(edge);
        x[1] = edge;
        for layer in 2..256 {
            x[layer] = inverse(density(x[layer - 1]) + area / x[layer - 1]);
        }
        Self {
            x,
            f: x.map(density),
        }
    }
}

impl Ziggurat {
    /// The tables, built at first use.
    pub fn get() -> &'static Ziggurat {
        &TABLES
    }

    /// Exponential of mean 1 from one word: layer in the low 8 bits, fraction in the top 53.
    #[inline]
    pub fn exponential(&self, word: u64) -> f64 {
        let layer = (word & 255) as usize;
        let x = fraction(word) * self.exponential.x[layer];
        if x < self.exponential.x[layer + 1] {
            return x;
        }
        self.exponential_rest(word, layer, x)
    }

    #[cold]
    fn exponential_rest(&self, mut word: u64, mut layer: usize, mut x: f64) -> f64 {
        let mut offset = 0.0;
        loop {
            let f = &self.exponential.f;
            if x < self.exponential.x[layer + 1] {
                return offset + x;
            }
            word = mix(word);
            if layer == 0 {
                // Beyond the edge the law begins anew.
                offset += EXPONENTIAL_EDGE;
            } else if f[layer] + (f[layer + 1] - f[layer]) * fraction(word) < libm::exp(-x) {
                return offset + x;
            } else {
                word = mix(word);
            }
            layer = (word & 255) as usize;
            x = fraction(word) * self.exponential.x[layer];
        }
    }

    /// Standard normal from one word: layer in the low 8 bits, sign in the next, fraction in the
    /// top 53. Returns the value and the last word used, for laws that go on drawing.
    #[inline]
    pub fn normal(&self, word: u64) -> (f64, u64) {
        let layer = (word & 255) as usize;
        let x = fraction(word) * self.normal.x[layer];
        if x < self.normal.x[layer + 1] {
            return (signed(x, word), word);
        }
        self.normal_rest(word, layer, x)
    }

    #[cold]
    fn normal_rest(&self, mut word: u64, mut layer: usize, mut x: f64) -> (f64, u64) {
        let sign = word;
        loop {
            let f = &self.normal.f;
            if x < self.normal.x[layer + 1] {
                return (signed(x, sign), word);
            }
            word = mix(word);
            if layer == 0 {
                return self.normal_tail(sign, word);
            }
            if f[layer] + (f[layer + 1] - f[layer]) * fraction(word) < bell(x) {
                return (signed(x, sign), word);
            }
            word = mix(word);
            layer = (word & 255) as usize;
            x = fraction(word) * self.normal.x[layer];
        }
    }

    /// Beyond the edge, after Marsaglia, "Generating a variable from the tail of the normal
    /// distribution", Technometrics 6, 1964.
    fn normal_tail(&self, sign: u64, mut word: u64) -> (f64, u64) {
        loop {
            let x = self.exponential(word) / NORMAL_EDGE;
            word = mix(mix(word));
            let y = self.exponential(word);
            if y + y > x * x {
                return (signed(NORMAL_EDGE + x, sign), word);
            }
            word = mix(mix(word));
        }
    }
}

/// `x` with the sign in bit 8 of `word`.
#[inline]
fn signed(x: f64, word: u64) -> f64 {
    f64::from_bits(x.to_bits() | (word & 256) << 55)
}
