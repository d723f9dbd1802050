//! Compact CBOR codecs: derives `minicbor::Encode` and `minicbor::Decode` with minicbor's attributes and exactly its
//! bytes, for the four forms that our wire types have.
//!
//! minicbor's own derive also takes indefinite lengths, unknown fields and fields in any number, which our deterministic
//! formats refuse anyway; leaving that out makes the browser's module about a third smaller.
//!
//! - `#[cbor(array)] struct`: an array of the fields; `None`s at the end are left out.
//! - `#[cbor(transparent)] struct T(U)`: as U.
//! - `#[cbor(index_only)] enum`: the variant's number.
//! - `enum` with tuple variants: `[number, [fields...]]`.
use proc_macro::TokenStream;
use proc_macro2::TokenStream as Tokens;
use quote::{format_ident, quote};
use syn::{Attribute, Data, DeriveInput, Error, Field, Fields, LitInt, Type, parse_macro_input};

/// `minicbor::Encode` for the forms above.
#[proc_macro_derive(Encode, attributes(n, cbor))]
pub fn encode(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    encode_impl(&input).unwrap_or_else(Error::into_compile_error).into()
}

/// `minicbor::Decode` for the forms above.
#[proc_macro_derive(Decode, attributes(n, cbor))]
pub fn decode(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    decode_impl(&input).unwrap_or_else(Error::into_compile_error).into()
}

/// The word in `#[cbor(word)]`, if there is one.
fn form(attributes: &[Attribute]) -> syn::Result<Option<String>> {
    let Some(attribute) = attributes.iter().find(|a| a.path().is_ident("cbor")) else { return Ok(None) };
    Ok(Some(attribute.parse_args::<syn::Ident>()?.to_string()))
}

/// The number in `#[n(number)]`.
fn index(attributes: &[Attribute], of: &impl quote::ToTokens) -> syn::Result<u32> {
    let attribute = attributes
        .iter()
        .find(|a| a.path().is_ident("n"))
        .ok_or_else(|| Error::new_spanned(of, "needs #[n(number)]"))?;
    attribute.parse_args::<LitInt>()?.base10_parse()
}

/// Fields must be written in the order of their numbers, from 0.
fn check_order(fields: &Fields) -> syn::Result<()> {
    for (position, field) in (0u32..).zip(fields) {
        if index(&field.attrs, field)? != position {
            return Err(Error::new_spanned(field, "fields must be numbered from 0, in order"));
        }
    }
    Ok(())
}

fn is_option(field: &Field) -> bool {
    // A type that came through a declarative macro stands in an invisible group.
    let mut ty = &field.ty;
    while let Type::Group(group) = ty {
        ty = &group.elem;
    }
    let Type::Path(path) = ty else { return false };
    path.path.segments.last().is_some_and(|segment| segment.ident == "Option")
}

/// How many fields, from the start, are always written.
fn required(fields: &Fields) -> usize {
    let all: Vec<&Field> = fields.iter().collect();
    all.iter().rposition(|field| !is_option(field)).map_or(0, |last| last + 1)
}

fn encode_impl(input: &DeriveInput) -> syn::Result<Tokens> {
    let name = &input.ident;
    let body = match (&input.data, form(&input.attrs)?.as_deref()) {
        (Data::Struct(data), Some("array")) => encode_array(&data.fields)?,
        (Data::Struct(_), Some("transparent")) => quote!(::minicbor::Encode::encode(&self.0, e, ctx)),
        (Data::Enum(data), Some("index_only")) => {
            let arms = data
                .variants
                .iter()
                .map(|v| {
                    let (ident, number) = (&v.ident, index(&v.attrs, v)?);
                    Ok(quote!(Self::#ident => #number,))
                })
                .collect::<syn::Result<Tokens>>()?;
            quote! {
                let number: u32 = match self { #arms };
                e.u32(number)?.ok()
            }
        }
        (Data::Enum(data), None) => {
            let arms = data
                .variants
                .iter()
                .map(|v| {
                    check_order(&v.fields)?;
                    let (ident, number, count) = (&v.ident, index(&v.attrs, v)?, v.fields.len() as u64);
                    let names: Vec<_> = (0..v.fields.len()).map(|i| format_ident!("f{i}")).collect();
                    let pattern = if names.is_empty() {
                        quote!(Self::#ident)
                    } else {
                        quote!(Self::#ident(#(#names),*))
                    };
                    Ok(quote! {
                        #pattern => {
                            e.array(2)?.u32(#number)?.array(#count)?;
                            #(::minicbor::Encode::encode(#names, e, ctx)?;)*
                        }
                    })
                })
                .collect::<syn::Result<Tokens>>()?;
            quote! {
                match self { #arms }
                e.ok()
            }
        }
        _ => return Err(Error::new_spanned(name, "not one of the four forms")),
    };
    Ok(quote! {
        impl<Ctx> ::minicbor::Encode<Ctx> for #name {
            fn encode<W: ::minicbor::encode::Write>(
                &self,
                e: &mut ::minicbor::Encoder<W>,
                ctx: &mut Ctx,
            ) -> ::core::result::Result<(), ::minicbor::encode::Error<W::Error>> {
                #body
            }
        }
    })
}

fn encode_array(fields: &Fields) -> syn::Result<Tokens> {
    check_order(fields)?;
    let (total, required) = (fields.len(), required(fields));
    let names: Vec<_> = fields.iter().map(|f| f.ident.clone()).collect();
    let (always, optional) = names.split_at(required);
    let numbers: Vec<u64> = (required..total).map(|n| n as u64).collect();
    let all = total as u64;
    let least = required as u64;
    let count = if optional.is_empty() {
        quote!(let count: u64 = #all;)
    } else {
        // The last one that is there decides how many are written.
        quote! {
            let mut count: u64 = #least;
            #(if self.#optional.is_some() { count = #numbers + 1; })*
        }
    };
    Ok(quote! {
        #count
        e.array(count)?;
        #(::minicbor::Encode::encode(&self.#always, e, ctx)?;)*
        #(if count > #numbers { ::minicbor::Encode::encode(&self.#optional, e, ctx)?; })*
        e.ok()
    })
}

fn decode_impl(input: &DeriveInput) -> syn::Result<Tokens> {
    let name = &input.ident;
    let body = match (&input.data, form(&input.attrs)?.as_deref()) {
        (Data::Struct(data), Some("array")) => decode_array(&data.fields)?,
        (Data::Struct(_), Some("transparent")) => {
            quote!(::core::result::Result::Ok(Self(::minicbor::Decode::decode(d, ctx)?)))
        }
        (Data::Enum(data), Some("index_only")) => {
            let arms = data
                .variants
                .iter()
                .map(|v| {
                    let (ident, number) = (&v.ident, index(&v.attrs, v)?);
                    Ok(quote!(#number => Self::#ident,))
                })
                .collect::<syn::Result<Tokens>>()?;
            quote! {
                ::core::result::Result::Ok(match d.u32()? {
                    #arms
                    _ => return ::core::result::Result::Err(::minicbor::decode::Error::message("unknown number")),
                })
            }
        }
        (Data::Enum(data), None) => {
            let arms = data
                .variants
                .iter()
                .map(|v| {
                    check_order(&v.fields)?;
                    let (ident, number, count) = (&v.ident, index(&v.attrs, v)?, v.fields.len() as u64);
                    let parts: Vec<_> =
                        v.fields.iter().map(|_| quote!(::minicbor::Decode::decode(d, ctx)?)).collect();
                    let value = if parts.is_empty() {
                        quote!(Self::#ident)
                    } else {
                        quote!(Self::#ident(#(#parts),*))
                    };
                    Ok(quote!((#number, ::core::option::Option::Some(#count)) => #value,))
                })
                .collect::<syn::Result<Tokens>>()?;
            quote! {
                if d.array()? != ::core::option::Option::Some(2) {
                    return ::core::result::Result::Err(::minicbor::decode::Error::message("wrong length"));
                }
                ::core::result::Result::Ok(match (d.u32()?, d.array()?) {
                    #arms
                    _ => return ::core::result::Result::Err(::minicbor::decode::Error::message("unknown number")),
                })
            }
        }
        _ => return Err(Error::new_spanned(name, "not one of the four forms")),
    };
    Ok(quote! {
        impl<'bytes, Ctx> ::minicbor::Decode<'bytes, Ctx> for #name {
            fn decode(
                d: &mut ::minicbor::Decoder<'bytes>,
                ctx: &mut Ctx,
            ) -> ::core::result::Result<Self, ::minicbor::decode::Error> {
                #body
            }
        }
    })
}

fn decode_array(fields: &Fields) -> syn::Result<Tokens> {
    check_order(fields)?;
    let (total, required) = (fields.len(), required(fields));
    let names: Vec<_> = fields.iter().map(|f| f.ident.clone()).collect();
    let (always, optional) = names.split_at(required);
    let numbers: Vec<u64> = (required..total).map(|n| n as u64).collect();
    let (least, most) = (required as u64, total as u64);
    Ok(quote! {
        let count = d.array()?.unwrap_or(u64::MAX);
        if !(#least..=#most).contains(&count) {
            return ::core::result::Result::Err(::minicbor::decode::Error::message("wrong length"));
        }
        ::core::result::Result::Ok(Self {
            #(#always: ::minicbor::Decode::decode(d, ctx)?,)*
            #(#optional: if count > #numbers {
                ::minicbor::Decode::decode(d, ctx)?
            } else {
                ::core::option::Option::None
            },)*
        })
    })
}
