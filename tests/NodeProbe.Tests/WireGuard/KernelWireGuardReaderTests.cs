// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.Tests.Netlink;
using KubeWgDiag.NodeProbe.WireGuard;

namespace KubeWgDiag.NodeProbe.Tests.WireGuard;

public sealed class KernelWireGuardReaderTests
{
    private static readonly byte[] FamilyAnswer = Wire.Message(0x10, 0, [1, 2, 0, 0], Wire.Attribute(1, Wire.U16(0x25)));

    [Fact]
    public void Read_FamilyMissing_IsNotPresent() =>
        Read(Wire.Error(-2)).NotAvailable.ShouldNotBeNull().Reason.ShouldBe(NotAvailableReason.NotPresent);

    [Theory]
    [InlineData(-1, NotAvailableReason.NotPermitted)]
    [InlineData(-90, NotAvailableReason.Failed)] // EMSGSIZE: not even the device's own attributes fit
    public void Read_DumpRefused_SaysWhy(int code, NotAvailableReason reason)
    {
        Read(FamilyAnswer, Wire.Error(code)).NotAvailable.ShouldNotBeNull().Reason.ShouldBe(reason);
        Read(FamilyAnswer, Wire.Done(code)).NotAvailable.ShouldNotBeNull().Reason.ShouldBe(reason);
    }

    [Theory]
    [InlineData(-19)] // removed meanwhile
    [InlineData(-95)] // not a WireGuard device any more
    public void Read_DeviceVanished_LeavesTheOthers(int code)
    {
        var devices = Read(FamilyAnswer, Wire.Error(code), Wire.Done()).Value.ShouldNotBeNull();
        devices.ShouldHaveSingleItem().Name.ShouldBe("wg1");
    }

    [Fact]
    public void Read_NoAnswer_IsTimedOut() => Read(FamilyAnswer).NotAvailable.ShouldNotBeNull().Reason.ShouldBe(NotAvailableReason.TimedOut);

    private static Reading<IReadOnlyList<WireGuardDeviceFact>> Read(params byte[][] datagrams)
    {
        using var connection = new NetlinkConnection(new FakeNetlinkTransport().Enqueue(datagrams), secret: true);
        return KernelWireGuardReader.Read(connection, ["wg0", "wg1"], TestDeadline.Far);
    }
}
