// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using KubeWgDiag.EmbeddedApiServer.Cel;

namespace KubeWgDiag.EmbeddedApiServer.Tests.Units;

public sealed class CelTests
{
    private const string Self = """{"a":1,"b":"text","list":[1,2,3],"map":{"k":"v"},"flag":true,"every":"90s"}""";

    [Theory]
    [InlineData("self.a == 1")]
    [InlineData("self.a + 2 * 3 == 7")]
    [InlineData("has(self.a) && !has(self.zzz)")]
    [InlineData("!has(self.zzz) || self.zzz > 3")]
    [InlineData("self.zzz > 3 || self.flag")]
    [InlineData("size(self.list) == 3 && self.b.size() == 4")]
    [InlineData("2 in self.list && 'k' in self.map")]
    [InlineData("self.map['k'] == \"v\" && self.list[0] == 1")]
    [InlineData("self.list.all(x, x > 0) && self.list.exists(x, x == 3) && self.list.exists_one(x, x == 2)")]
    [InlineData("self.list.filter(x, x > 1).map(x, x * 2) == [4, 6]")]
    [InlineData("duration(self.every) >= duration('1m30s')")]
    [InlineData("self.b.matches('^t[a-z]+t$') && self.b.startsWith('te') && self.b.endsWith('xt') && self.b.contains('ex')")]
    [InlineData("self.flag ? self.a < 2 : false")]
    [InlineData("isCIDR('10.0.0.0/8') && isIP('::1')")]
    [InlineData("-self.a == -1 && 7 % 4 == 3 && 1.5 > 1.0")]
    public void Evaluate_TrueExpression_IsTrue(string expression) => Check(expression).ShouldBeNull();

    [Theory]
    [InlineData("self.a == 2")]
    [InlineData("self.b.matches('^x')")]
    [InlineData("self.zzz == 1")]
    [InlineData("self.a / 0 == 1")]
    [InlineData("self.a < 'text'")]
    public void Evaluate_FalseOrFailingExpression_HasAMessage(string expression) => Check(expression).ShouldNotBeNull();

    [Theory]
    [InlineData("quantity('1Gi').isGreaterThan(quantity('1Mi'))", "undeclared reference to 'quantity'")]
    [InlineData("self.a ==", "unexpected 'end of expression'")]
    [InlineData("other.a == 1", "undeclared reference to 'other'")]
    [InlineData("self.?a.orValue(1) == 1", "expected a field name")]
    [InlineData("self.a == 1 # comment", "token recognition error")]
    [InlineData("self.list.all(x, y > 0)", "undeclared reference to 'y'")]
    public void Compile_UnknownConstruct_SaysWhat(string expression, string problem)
    {
        (CelRule? rule, string? said) = CelRule.Compile(new JsonObject { ["rule"] = expression }, ["self", "oldSelf"]);

        rule.ShouldBeNull();
        said!.ShouldContain(problem);
    }

    [Fact]
    public void Compile_EndlessNesting_IsRefused()
    {
        string deep = new string('(', 10_000) + "1" + new string(')', 10_000);

        CelParser.Parse(deep, []).Problem.ShouldBe("the expression is nested too deeply");
    }

    [Fact]
    public void Evaluate_TooManySteps_IsAnError()
    {
        (CelNode? node, _) = CelParser.Parse("l.all(a, l.all(b, l.all(c, l.all(d, a + b + c + d >= 0))))", ["l"]);
        var list = Enumerable.Range(0, 100).Select(number => (object?)(long)number).ToList();

        object? result = node!.Evaluate(new CelScope(new Dictionary<string, object?> { ["l"] = list }));

        result.ShouldBeOfType<CelError>().Message.ShouldContain("too many steps");
    }

    private static string? Check(string expression)
    {
        (CelRule? rule, string? problem) = CelRule.Compile(new JsonObject { ["rule"] = expression }, ["self", "oldSelf"]);
        rule.ShouldNotBeNull(problem);
        return rule.Check(CelValues.From(JsonNode.Parse(Self)), null);
    }
}
