// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Kube.Tests.Support;

namespace KubeWgDiag.Kube.Tests.Client;

public sealed class ApiPathTests
{
    [Fact]
    public void Item_CoreNamespaced_HasTheCorePath() =>
        ApiPath.Item(BuiltInTypes.Pod, "kube-system", "p").Value.ShouldBe("api/v1/namespaces/kube-system/pods/p");

    [Fact]
    public void Item_GroupClusterScoped_IgnoresANamespace() =>
        ApiPath.Item(Widget.Type, "ns", "w").Value.ShouldBe("apis/example.dev/v1alpha1/widgets/w");

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/../../secrets/x")]
    [InlineData("a%2fb")]
    public void Item_NameThatWouldLeaveItsPlace_IsRefused(string? name) =>
        ApiPath.Item(Widget.Type, null, name).Error!.Kind.ShouldBe(KubeErrorKind.Invalid);

    [Fact]
    public void Item_NamespacedWithoutNamespace_IsRefused() =>
        ApiPath.Item(BuiltInTypes.Pod, null, "p").Error!.Kind.ShouldBe(KubeErrorKind.Invalid);

    [Fact]
    public void WithQuery_Values_AreEscapedAndAbsentOnesLeftOut() =>
        ApiPath.WithQuery("x", ("a", null), ("b", "k=v&c"), ("d", "1")).ShouldBe("x?b=k%3Dv%26c&d=1");
}
