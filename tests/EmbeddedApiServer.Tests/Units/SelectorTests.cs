// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.EmbeddedApiServer.Selection;
using KubeWgDiag.EmbeddedApiServer.Tables;

namespace KubeWgDiag.EmbeddedApiServer.Tests.Units;

public sealed class SelectorTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData("app=probe", true)]
    [InlineData("app==probe,tier!=x", true)]
    [InlineData("app!=probe", false)]
    [InlineData("app in (a, probe)", true)]
    [InlineData("app notin (a,b), zone", true)]
    [InlineData("!zone", false)]
    [InlineData("!nothing", true)]
    [InlineData("nothing notin (a)", true)]
    [InlineData("example.dev/x=1", false)]
    public void Matches_Selector_ComparesLabels(string text, bool expected)
    {
        (LabelSelector? selector, _) = LabelSelector.Parse(text);

        selector!.Matches([("app", "probe"), ("zone", "a")]).ShouldBe(expected);
    }

    [Theory]
    [InlineData("==")]
    [InlineData("a in")]
    [InlineData("a=b c")]
    [InlineData("a in (b")]
    public void Parse_Nonsense_IsRefused(string text) => LabelSelector.Parse(text).Problem!.Code.ShouldBe(400);

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(119, "119s")]
    [InlineData(121, "2m1s")]
    [InlineData(600, "10m")]
    [InlineData(3 * 3600, "3h")]
    [InlineData(5 * 3600 + 120, "5h2m")]
    [InlineData(3 * 86400 + 4 * 3600, "3d4h")]
    [InlineData(400 * 86400, "400d")]
    public void Text_Age_IsShort(int seconds, string expected) => Ages.Text(TimeSpan.FromSeconds(seconds)).ShouldBe(expected);
}
