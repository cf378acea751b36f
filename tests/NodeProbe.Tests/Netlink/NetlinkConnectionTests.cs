// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Netlink;

public sealed class NetlinkConnectionTests : IDisposable
{
    private const ushort Record = 24;
    private const ushort Multi = NetlinkConstants.FlagMulti;
    private readonly FakeNetlinkTransport _transport = new();
    private readonly RecordingHandler _handler = new();
    private readonly Lazy<NetlinkConnection> _connection;

    public NetlinkConnectionTests() => _connection = new Lazy<NetlinkConnection>(() => new NetlinkConnection(_transport));

    public void Dispose()
    {
        if (_connection.IsValueCreated) _connection.Value.Dispose();
        _transport.Dispose();
    }

    [Fact]
    public void Execute_DumpOverTwoDatagrams_EndsWithDone()
    {
        _transport.Enqueue(Part(1), Wire.Join(Part(2), Wire.Done()));
        Dump().IsOk.ShouldBeTrue();
        _handler.Payloads.ShouldBe([[1, 0, 0, 0], [2, 0, 0, 0]]);
    }

    [Fact]
    public void Execute_DoneWithError_IsARefusal()
    {
        _transport.Enqueue(Part(1), Wire.Done(-90));
        Dump().IsRefusedWith(90).ShouldBeTrue();
    }

    [Fact]
    public void Execute_InterruptedOnceThenClean_ReadsAgainAndForgetsTheFirstReading()
    {
        _transport.Enqueue(
            Wire.Join(Wire.Message(Record, Multi | NetlinkConstants.FlagDumpInterrupted, [1, 0, 0, 0]), Wire.Done()),
            Wire.Join(Part(2), Wire.Done()));
        Dump().ShouldBe(default);
        _handler.Begun.ShouldBe(2);
        _handler.Payloads.ShouldBe([[2, 0, 0, 0]]);
    }

    [Fact]
    public void Execute_InterruptedEveryTime_GivesTheLastReadingWithAFlagAfterFiveAttempts()
    {
        for (byte i = 1; i <= 9; i++)
            _transport.Enqueue(Wire.Join(Part(i), Wire.Message(NetlinkConstants.TypeDone, Multi | NetlinkConstants.FlagDumpInterrupted, Wire.I32(0))));
        var result = Dump();
        result.IsOk.ShouldBeTrue();
        result.Interrupted.ShouldBeTrue();
        _transport.Sent.Count.ShouldBe(NetlinkConnection.MaxDumpAttempts);
        _handler.Payloads.ShouldBe([[5, 0, 0, 0]]);
    }

    [Fact]
    public void Execute_ForeignSender_IsIgnored()
    {
        _transport.EnqueueFrom(777, Wire.Join(Part(66), Wire.Done())).Enqueue(Wire.Join(Part(1), Wire.Done()));
        Dump().IsOk.ShouldBeTrue();
        _handler.Payloads.ShouldBe([[1, 0, 0, 0]]);
    }

    [Fact]
    public void Execute_SequenceThatNobodyUsed_IsMalformed()
    {
        _transport.Enqueue(Wire.UnpaddedMessage(Record, Multi, 99, [1, 0, 0, 0]));
        Dump().Outcome.ShouldBe(NetlinkOutcome.Malformed);
        _handler.Payloads.ShouldBeEmpty();
    }

    [Fact]
    public void Execute_RestOfAnEarlierAnswer_IsSkipped()
    {
        Dump().Outcome.ShouldBe(NetlinkOutcome.TimedOut);
        _transport.Enqueue(Wire.UnpaddedMessage(Record, Multi, 1, [9, 9, 9, 9]), Wire.Join(Part(1), Wire.Done()));
        Dump().IsOk.ShouldBeTrue();
        _handler.Payloads.ShouldBe([[1, 0, 0, 0]]);
    }

    [Fact]
    public void Execute_ObjectRequest_EndsWithTheFirstMessage()
    {
        _transport.Enqueue(Wire.Message(Record, 0, [1, 0, 0, 0]), Wire.Message(Record, 0, [2, 0, 0, 0]));
        Ask(flags: 0).IsOk.ShouldBeTrue();
        _handler.Payloads.ShouldBe([[1, 0, 0, 0]]);
    }

    [Fact]
    public void Execute_RequestWithAck_TakesTheObjectAndTheAcknowledgement()
    {
        _transport.Enqueue(Wire.Message(Record, 0, [1, 0, 0, 0]), Wire.Error(0), Wire.Message(Record, 0, [3, 0, 0, 0]));
        Ask(NetlinkConstants.FlagAck).IsOk.ShouldBeTrue();
        // The acknowledgement was taken from the socket, so the next answer is the next question's.
        Ask(flags: 0).IsOk.ShouldBeTrue();
        _handler.Payloads.ShouldBe([[3, 0, 0, 0]]);
    }

    [Fact]
    public void Execute_ErrorAnswer_IsARefusalWithTheKernelsWords()
    {
        var words = Wire.Attribute(1, Wire.Text("no such thing"));
        _transport.Enqueue(Wire.Message(NetlinkConstants.TypeError, NetlinkConstants.FlagCapped | NetlinkConstants.FlagAckTlvs, Wire.I32(-2), new byte[16], words));
        var result = Ask(flags: 0);
        result.IsRefusedWith(Errno.NoEntry).ShouldBeTrue();
        result.Describe().ShouldBe("the kernel refused: ENOENT (no such thing)");
    }

    [Fact]
    public void Execute_NoopIsSkipped_OverrunFails()
    {
        _transport.Enqueue(Wire.Message(NetlinkConstants.TypeNoop, 0), Part(1), Wire.Message(NetlinkConstants.TypeOverrun, 0));
        Dump().Outcome.ShouldBe(NetlinkOutcome.Overrun);
    }

    [Theory]
    [InlineData(Errno.NoBuffers, NetlinkOutcome.Overrun)]
    [InlineData(9, NetlinkOutcome.SocketFailed)]
    public void Execute_ReceiveFails_IsAResult(int errno, object outcome)
    {
        _transport.EnqueueReceipt(NetlinkReceipt.Failed(errno));
        Dump().Outcome.ShouldBe((NetlinkOutcome)outcome);
    }

    [Fact]
    public void Execute_TruncatedDatagram_IsAResult()
    {
        _transport.EnqueueReceipt(NetlinkReceipt.Truncated);
        Dump().Outcome.ShouldBe(NetlinkOutcome.Truncated);
    }

    [Fact]
    public void Execute_BrokenFraming_IsMalformed()
    {
        _transport.Enqueue([.. Part(1), 1, 2, 3]);
        Dump().Outcome.ShouldBe(NetlinkOutcome.Malformed);
    }

    [Fact]
    public void Execute_Cancelled_Throws()
    {
        using var connection = new NetlinkConnection(_transport);
        var deadline = new Deadline(TimeProvider.System, TimeSpan.FromMinutes(1), new CancellationToken(canceled: true));
        Should.Throw<OperationCanceledException>(() => connection.Execute(Request(NetlinkConstants.FlagDump), _handler, deadline));
    }

    [Fact]
    public void Execute_SecretConnection_ClearsTheBufferAfterEveryDatagram()
    {
        _transport.Enqueue(Part(0x5a), Wire.Done());
        using (var connection = new NetlinkConnection(_transport, secret: true))
        {
            connection.Execute(Request(NetlinkConstants.FlagDump), _handler, TestDeadline.Far).IsOk.ShouldBeTrue();
            _handler.Payloads.ShouldBe([[0x5a, 0, 0, 0]]);
            _transport.BufferBeforeLastReceive.ShouldAllBe(b => b == 0);
        }

        _transport.Disposed.ShouldBeTrue();
    }

    [Fact]
    public void Execute_TwoRequests_HaveTheirOwnSequenceAndOurPort()
    {
        _transport.Enqueue(Wire.Done(), Wire.Done());
        using var connection = new NetlinkConnection(_transport);
        connection.Execute(Request(NetlinkConstants.FlagDump), _handler, TestDeadline.Far);
        connection.Execute(Request(NetlinkConstants.FlagDump), _handler, TestDeadline.Far);
        _transport.Sent.Select(m => BitConverter.ToUInt32(m, 8)).ShouldBe([1u, 2u]);
        _transport.Sent.ShouldAllBe(m => BitConverter.ToUInt32(m, 12) == 4242);
    }

    private static byte[] Part(byte value) => Wire.Message(Record, Multi, [value, 0, 0, 0]);

    private static byte[] Request(ushort flags) => Wire.Message(26, (ushort)(flags | NetlinkConstants.FlagRequest), new byte[12]);

    private NetlinkResult Dump() => Ask(NetlinkConstants.FlagDump);

    private NetlinkResult Ask(ushort flags) => _connection.Value.Execute(Request(flags), _handler, TestDeadline.Far);
}
