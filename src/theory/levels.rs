//! Markov chains that move by one level at a time, solved exactly up to a highest level.
//!
//! Source: G. Latouche and V. Ramaswami, *Introduction to Matrix Analytic Methods in Stochastic
//! Modeling*, chapter 12 (level-dependent quasi-birth-death processes).

/// A move: change of level (-1, 0 or 1), phase it leads to, rate per second.
pub(super) type Move = (i8, usize, f64);

/// Share of time by level and phase of a chain with levels 0..=`top` and `phases` phases each.
///
/// `moves` lists where a state (level, phase) goes; moves above the top or below 0 are left out.
/// `None` if the chain does not hang together.
pub(super) fn stationary(
    top: usize,
    phases: usize,
    moves: impl Fn(usize, usize) -> Vec<Move>,
) -> Option<Vec<Vec<f64>>> {
    // From the top down: the shares of level n are those of level n - 1 times ratios[n].
    let mut ratios = vec![Vec::new(); top + 1];
    let mut level = blocks(top, top, phases, &moves);
    let mut within = level.stay;
    for n in (1..=top).rev() {
        let below = blocks(n - 1, top, phases, &moves);
        let ratio = solve_left(&negated(&within), &below.up)?;
        within = below.stay;
        add_product(&mut within, &ratio, &level.down);
        ratios[n] = ratio;
        level = Blocks {
            stay: Vec::new(),
            ..below
        };
    }
    let mut shares = vec![lowest(&within)?];
    for ratio in ratios.iter().skip(1) {
        let last = &shares[shares.len() - 1];
        let next = (0..phases).map(|to| (0..phases).map(|from| last[from] * ratio[from][to]).sum());
        shares.push(next.collect());
    }
    let total: f64 = shares.iter().flatten().sum();
    let is_sound = total > 0.0 && total.is_finite();
    is_sound.then(|| {
        for share in shares.iter_mut().flatten() {
            *share /= total;
        }
        shares
    })
}

/// Mean of `value` over states (level, phase) weighted with their shares.
pub(super) fn mean(shares: &[Vec<f64>], value: impl Fn(usize, usize) -> f64) -> f64 {
    let levels = shares.iter().enumerate();
    levels
        .flat_map(|(level, phases)| {
            let value = &value;
            let phases = phases.iter().enumerate();
            phases.map(move |(phase, share)| share * value(level, phase))
        })
        .sum()
}

type Matrix = Vec<Vec<f64>>;

/// Rates out of one level, by the level they lead to.
struct Blocks {
    up: Matrix,
    stay: Matrix,
    down: Matrix,
}

fn blocks(
    level: usize,
    top: usize,
    phases: usize,
    moves: &impl Fn(usize, usize) -> Vec<Move>,
) -> Blocks {
    let empty = || vec![vec![0.0; phases]; phases];
    let mut found = Blocks {
        up: empty(),
        stay: empty(),
        down: empty(),
    };
    for phase in 0..phases {
        for (change, to, rate) in moves(level, phase) {
            let block = match change {
                0 => &mut found.stay,
                1 if level < top => &mut found.up,
                -1 if level > 0 => &mut found.down,
                _ => continue,
            };
            block[phase][to] += rate;
            found.stay[phase][phase] -= rate;
        }
    }
    found
}

fn negated(matrix: &Matrix) -> Matrix {
    let row = |row: &Vec<f64>| row.iter().map(|x| -x).collect();
    matrix.iter().map(row).collect()
}

fn add_product(sum: &mut Matrix, left: &Matrix, right: &Matrix) {
    for (row, left_row) in sum.iter_mut().zip(left) {
        for (factor, right_row) in left_row.iter().zip(right) {
            if *factor != 0.0 {
                row.iter_mut()
                    .zip(right_row)
                    .for_each(|(cell, x)| *cell += factor * x);
            }
        }
    }
}

/// X with X `matrix` = `wanted`.
fn solve_left(matrix: &Matrix, wanted: &Matrix) -> Option<Matrix> {
    let size = matrix.len();
    // Transposed: each row of X is a right-hand side.
    let mut rows: Matrix = (0..size)
        .map(|i| {
            let own = (0..size).map(|j| matrix[j][i]);
            own.chain(wanted.iter().map(|row| row[i])).collect()
        })
        .collect();
    eliminate(&mut rows, size, 1e-200)?;
    Some(
        (0..wanted.len())
            .map(|x| (0..size).map(|i| rows[i][size + x]).collect())
            .collect(),
    )
}

/// Brings the first `size` columns to the unit matrix; `None` if a pivot is below `least`.
pub(super) fn eliminate(rows: &mut [Vec<f64>], size: usize, least: f64) -> Option<()> {
    for column in 0..size {
        let pivot = (column..size)
            .max_by(|&a, &b| rows[a][column].abs().total_cmp(&rows[b][column].abs()))?;
        let scale = rows[pivot][column];
        if scale.abs() < least {
            return None;
        }
        rows.swap(column, pivot);
        let pivot_row: Vec<f64> = rows[column].iter().map(|x| x / scale).collect();
        for (index, row) in rows.iter_mut().enumerate() {
            let factor = row[column];
            if index != column && factor != 0.0 {
                row.iter_mut()
                    .zip(&pivot_row)
                    .for_each(|(cell, above)| *cell -= factor * above);
            }
        }
        rows[column] = pivot_row;
    }
    Some(())
}

/// A vector, not yet of sum 1, that the rates `within` leave as it is.
fn lowest(within: &Matrix) -> Option<Vec<f64>> {
    // One balance equation follows from the others: it gives way to "the sum is 1".
    let size = within.len();
    let mut rows: Matrix = (0..size)
        .map(|i| {
            let balance = (0..size).map(|j| within[j][i]);
            balance.chain([0.0]).collect()
        })
        .collect();
    rows[size - 1] = vec![1.0; size + 1];
    eliminate(&mut rows, size, 1e-200)?;
    Some(rows.iter().map(|row| row[size].max(0.0)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::check::near;

    #[test]
    fn one_phase_is_a_birth_death_chain() {
        let shares = stationary(3, 1, |n, _| {
            vec![(1, 0, 3.0), (-1, 0, 4.0 * n.min(2) as f64)]
        })
        .unwrap();
        // M/M/2/3 of the simmer vignette.
        near(mean(&shares, |n, _| n as f64), 0.762_34, 1e-6);
        near(shares[3][0], 0.049_360_15, 1e-6);
    }

    #[test]
    fn independent_phases_multiply() {
        // A phase that flips by itself beside M/M/1/10 changes nothing.
        let shares = stationary(10, 2, |_, phase| {
            let flip = if phase == 0 { 0.5 } else { 1.5 };
            vec![(1, phase, 1.0), (-1, phase, 2.0), (0, 1 - phase, flip)]
        })
        .unwrap();
        for level in &shares {
            near(level[0], 3.0 * level[1], 1e-9);
        }
        near(
            shares[4].iter().sum::<f64>() * 2.0,
            shares[3].iter().sum(),
            1e-9,
        );
    }
}
