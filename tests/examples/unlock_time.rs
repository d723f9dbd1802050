//! How long a right PIN takes with one realm, two of two and two of three: for `cargo xtask bench`. Each realm is a server of
//! its own on this machine; Argon2id is part of it, as it is for patients. Prints `{"1":ms,"2":ms,"3":ms}`, medians of rounds that
//! take turns.
//!
//! `unlock_time ROUNDS`
use std::{env, error::Error, time::Instant};
use vestibule_edge_crypto::client::Session;
use vestibule_tests::{
    client::run,
    search::RIGHT,
    server::{Options, Server},
    world::World,
};

fn main() -> Result<(), Box<dyn Error>> {
    let rounds: usize = env::args().nth(1).ok_or("unlock_time ROUNDS")?.parse()?;
    let mut servers: Vec<&'static Server> = Vec::new();
    for _ in 0..3 {
        servers.push(Box::leak(Box::new(Server::start(&Options::default())?)));
    }
    let patients: Vec<(World, Session)> = [(1, 1), (2, 2), (3, 2)]
        .into_iter()
        .map(|(realms, threshold)| {
            let world = World::found_over(&servers[..realms], threshold);
            let (session, _) = world.enrol(RIGHT);
            (world, session)
        })
        .collect();
    let mut times: Vec<Vec<f64>> = vec![Vec::new(); patients.len()];
    // The first round warms up.
    for round in 0..=rounds {
        for ((world, session), times) in patients.iter().zip(&mut times) {
            let started = Instant::now();
            run(world.client().unlock(&world.practice, session.patient, RIGHT, &[], &mut |_, _| {}))?;
            if round > 0 {
                times.push(started.elapsed().as_secs_f64() * 1_000.0);
            }
        }
    }
    let medians: Vec<String> = times
        .iter_mut()
        .zip(1..)
        .map(|(times, realms)| {
            times.sort_by(f64::total_cmp);
            format!("\"{realms}\":{:.2}", times.get(rounds / 2).copied().unwrap_or_default())
        })
        .collect();
    println!("{{{}}}", medians.join(","));
    Ok(())
}
