//! Visits that ended well, by component and class.

use super::observation::ComponentObservation;

/// Visits of one class that ended well at one component, since the window was opened.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cell {
    /// How many.
    pub completed: u64,
    /// Those who waited.
    pub waited: u64,
    /// Sum of their times there, ns.
    pub residence_sum: u128,
    /// Sum of their waiting times, ns.
    pub waiting_sum: u128,
    /// Sum of the squares of these, s^2.
    pub waiting_squares: f64,
}

/// Adds the visits that ended well; those that did not wait have not been recorded singly.
pub fn add_cells(component: &mut ComponentObservation, cells: &[Cell]) {
    for (place, cell) in cells.iter().enumerate() {
        component.completed += cell.completed;
        component.waited += cell.waited;
        component.residence_sum += cell.residence_sum;
        component.waiting_sum += cell.waiting_sum;
        component.waiting_squares += cell.waiting_squares;
        component
            .waiting
            .record_many(0, cell.completed - cell.waited);
        if let Some(class) = component.classes.get_mut(place) {
            class.completed += cell.completed;
            class.residence_sum += cell.residence_sum;
            class.waiting_sum += cell.waiting_sum;
        }
    }
}
