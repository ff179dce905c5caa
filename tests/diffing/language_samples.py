"""A short file in each language, with the symbols and the import lines that are in it."""

SAMPLES = {
    "python": """import os
class Cart:
    @cached
    @property
    def total(self):
        def tax(price):
            return price
        return tax(1)

    async def total(self): pass
""",
    "javascript": """import a from 'a';
const b = require('b');
export const load = async (url) => {
  function retry() {}
};
export default function () {}
exports.save = function named(x) {};
class Cart extends Base {
  #total = () => 1;
  get total() { return 1 }
  set total(v) {}
  "odd name"() {}
}
const api = { get: () => 1, put() {} };
const click = useCallback(() => {}, []);
items.map(x => x);
export * from 'c';
""",
    "typescript": """import type { A } from 'a';
@Component({ a: 1 })
export class Cart<T> {
  @Input()
  size(): number { return 1 }
  grow = (by: number) => by;
}
interface Shape { area(): number }
type Id = string;
enum Colour { Red }
namespace Inner { export function deep() {} }
abstract class Base {}
""",
    "tsx": """export const Button: FC<Props> = ({ label }) => {
  const press = () => {};
  return <button onClick={press}>{label}</button>;
};
""",
    "go": """package main

import (
\t"fmt"
)

type Cart struct{ n int }

func (c *Cart) Add(n int) { c.n += n }
func (Cart) Zero()        {}
func (l List[T]) Len() int { return 0 }
func main() { f := func() {}; f() }
""",
    "rust": """use std::fmt;
mod other;
#[derive(Debug)]
/// A cart.
struct Cart<T> { n: T }
impl<T> Cart<T> {
    fn new() {}
}
impl fmt::Display for Cart<u8> {
    #[inline]
    fn fmt(&self) {}
}
mod tests {
    #[test]
    fn adds() {}
}
""",
    "java": """package shop;
import java.util.List;
@Entity
class Cart {
    Cart() {}
    @Override
    int total(int a) { return a; }
    int total() { return 0; }
    interface Visitor { void visit(); }
    enum Kind { A }
    record Point(int x) {}
}
""",
    "c": """#include <stdio.h>
struct cart { int n; };
struct cart *other;
static int *find(int a) { return 0; }
""",
    "cpp": """#include <vector>
namespace shop {
template <typename T>
class Cart {
  int size() const { return 1; }
};
}
int shop::Cart::total(int a) { return a; }
""",
    "c_sharp": """using System;
namespace Shop {
    class Cart {
        Cart() { }
        int Total() { int Tax() { return 1; } return Tax(); }
        int Size { get; }
    }
}
""",
    "ruby": """require 'set'
module Shop
  class Cart
    def total(a)
      a
    end
    def self.build; end
  end
end
""",
    "php": """<?php
namespace Shop;
class Cart {
    public function total($a) { return $a; }
}
function build() {}
""",
    "bash": """#!/bin/bash
build() {
  echo built
}
function deploy { build; }
""",
    "kotlin": """package shop
import java.util.Date
class Cart {
    fun total(a: Int): Int {
        return a
    }
    companion object {
        fun build() {}
    }
}
""",
    "swift": """import Foundation
class Cart {
    init() {}
    func total(a: Int) -> Int { return a }
}
extension Cart { func more() {} }
""",
    "scala": """package shop
import java.util.Date
class Cart { def total(a: Int): Int = a }
object Cart { def build = 1 }
""",
    "lua": """local set = require("set")
local function build(a) return a end
function Cart.total() end
Cart.size = function() end
""",
    "elixir": """defmodule Shop.Cart do
  alias Shop.Item
  def total(a) when a > 1 do
    a
  end
  defp tax(a), do: a
end
""",
}

SYMBOLS = {
    "python": "Cart:2-10 Cart.total:3-8 Cart.total.tax:6-7 Cart.total#2:10-10",
    "javascript": "load:3-5 load.retry:4-4 default:6-6 exports.save:7-7 Cart:8-13 Cart.#total:9-9"
    " Cart.total:10-10 Cart.total#2:11-11 Cart.odd name:12-12 get:14-14 put:14-14 click:15-15",
    "typescript": "Cart:2-7 Cart.size:4-5 Cart.grow:6-6 Shape:8-8 Id:9-9 Colour:10-10"
    " Inner:11-11 Inner.deep:11-11 Base:12-12",
    "tsx": "Button:1-4 Button.press:2-2",
    "go": "Cart:7-7 Cart.Add:9-9 Cart.Zero:10-10 List.Len:11-11 main:12-12",
    "rust": "Cart:3-5 impl Cart:6-8 Cart.new:7-7 impl fmt.Display for Cart:9-12"
    " <Cart as fmt.Display>.fmt:10-11 tests:13-16 tests.adds:14-15",
    "java": "Cart:3-12 Cart.Cart:5-5 Cart.total:6-7 Cart.total#2:8-8 Cart.Visitor:9-9"
    " Cart.Visitor.visit:9-9 Cart.Kind:10-10 Cart.Point:11-11",
    "c": "cart:2-2 find:4-4",
    "cpp": "shop:2-7 shop.Cart:3-6 shop.Cart.size:5-5 shop.Cart.total:8-8",
    "c_sharp": "Shop:2-8 Shop.Cart:3-7 Shop.Cart.Cart:4-4 Shop.Cart.Total:5-5"
    " Shop.Cart.Total.Tax:5-5 Shop.Cart.Size:6-6",
    "ruby": "Shop:2-9 Shop.Cart:3-8 Shop.Cart.total:4-6 Shop.Cart.build:7-7",
    "php": "Cart:3-5 Cart.total:4-4 build:6-6",
    "bash": "build:2-4 deploy:5-5",
    "kotlin": "Cart:3-10 Cart.total:4-6 Cart.Companion:7-9 Cart.Companion.build:8-8",
    "swift": "Cart:2-5 Cart.init:3-3 Cart.total:4-4 extension Cart:6-6 Cart.more:6-6",
    "scala": "Cart:3-3 Cart.total:3-3 Cart#2:4-4 Cart#2.build:4-4",
    "lua": "build:2-2 Cart.total:3-3 Cart.size:4-4",
    "elixir": "Shop.Cart:1-7 Shop.Cart.total:3-5 Shop.Cart.tax:6-6",
}

IMPORTS = {
    "python": {1},
    "javascript": {1, 2, 17},
    "typescript": {1},
    "tsx": set(),
    "go": {1, 3, 4, 5},
    "rust": {1, 2},
    "java": {1, 2},
    "c": {1},
    "cpp": {1},
    "c_sharp": {1},
    "ruby": {1},
    "php": {2},
    "bash": set(),
    "kotlin": {1, 2},
    "swift": {1},
    "scala": {1, 2},
    "lua": {1},
    "elixir": {2},
}
