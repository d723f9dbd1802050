//! The threshold VOPRF and the locator.
use crate::{
    Session,
    args::{Args, Failure, hex, unhex},
    rng,
};
use serde_json::{Value, json};
use vestibule_core::{bytes::Bytes, ids::Digest, ids::PracticeId, wire::realm::Evaluated};
use vestibule_oprf::{self as oprf, Key, locator};

pub(crate) fn answer(op: &str, args: &Args, session: &mut Session) -> Option<Result<Value, Failure>> {
    Some(match op {
        "locator" => locate(args),
        "oprf_evaluate" => evaluate(args),
        "oprf_blind" => blind(args, session),
        "oprf_finalize" => finalize(args, session),
        "oprf_deal" => deal(args),
        _ => return None,
    })
}

pub(crate) fn key(args: &Args, name: &str) -> Result<Key, Failure> {
    Key::from_bytes(&args.array(name)?).map_err(Failure::of)
}

/// As the server recomputes it: without blinding.
fn locate(args: &Args) -> Result<Value, Failure> {
    let email = locator::normalise_email(&args.text("email")?).map_err(Failure::of)?;
    let input =
        locator::input(&email, &PracticeId(args.array("practice")?), &mut |_, _| {}).map_err(Failure::of)?;
    let output = oprf::evaluate_direct(&key(args, "key")?, &input[..]).map_err(Failure::of)?;
    let patient = locator::patient_id(&output);
    Ok(json!({ "email": email.as_str(), "input": hex(&input[..]), "patient": hex(&patient.0) }))
}

fn evaluate(args: &Args) -> Result<Value, Failure> {
    let (element, proof) =
        oprf::evaluate(&mut rng(), &key(args, "key")?, &args.digest("blinded")?).map_err(Failure::of)?;
    Ok(json!({ "element": hex(&element.0), "proof": hex(&proof) }))
}

fn blind(args: &Args, session: &mut Session) -> Result<Value, Failure> {
    let (blinded, state) = oprf::blind(&mut rng(), &args.bytes("input")?).map_err(Failure::of)?;
    session.blinds.push(state);
    Ok(json!({ "id": session.blinds.len() - 1, "blinded": hex(&blinded.0) }))
}

/// `answers` is `[[index, public share, element, proof], ...]`.
fn finalize(args: &Args, session: &Session) -> Result<Value, Failure> {
    let state = session.blinds.get(args.index("id")?).ok_or_else(|| Failure::new("no such blind"))?;
    let field = |line: &Value, at: usize| unhex(line[at].as_str().unwrap_or("-"));
    let digest = |line: &Value, at: usize| {
        field(line, at)?.try_into().map(Digest).map_err(|_| Failure::new("32 bytes"))
    };
    let answers = args
        .list("answers")?
        .iter()
        .map(|line| {
            let index = line[0].as_u64().unwrap_or(0).try_into().map_err(Failure::of)?;
            let evaluated = Evaluated {
                element: digest(line, 2)?,
                proof: Bytes(field(line, 3)?),
                handle: Digest([0; 32]),
            };
            Ok((index, digest(line, 1)?, evaluated))
        })
        .collect::<Result<Vec<_>, Failure>>()?;
    let output = oprf::verify_and_combine(state, args.small("threshold")?, &answers, &args.digest("public")?)
        .map_err(Failure::of)?;
    Ok(json!({ "output": hex(output.expose()) }))
}

fn deal(args: &Args) -> Result<Value, Failure> {
    let shares = oprf::deal(&mut rng(), &key(args, "key")?, args.small("threshold")?, args.small("count")?)
        .map_err(Failure::of)?;
    let shares: Vec<Value> =
        shares.iter().map(|share| json!([share.index, hex(&share.key.expose()[..])])).collect();
    Ok(json!({ "shares": shares }))
}
