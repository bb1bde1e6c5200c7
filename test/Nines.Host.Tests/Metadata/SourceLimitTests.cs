using System.Net;
using Microsoft.AspNetCore.Connections;
using Nines.Host.Metadata;

namespace Nines.Host.Tests.Metadata;

public sealed class SourceLimitTests
{
    [Fact]
    public async Task A_guest_has_so_many_connections_and_takes_nobody_elses()
    {
        var limit = new SourceLimit();
        var first = Enumerable.Range(0, SourceLimit.Max).Select(port => From("10.0.0.4", port)).ToList();
        first.ShouldAllBe(connection => limit.Admit("vpc-1", connection));
        limit.Admit("vpc-1", From("10.0.0.4", 9)).ShouldBeFalse();
        limit.Admit("vpc-1", From("10.0.0.5", 9)).ShouldBeTrue();
        limit.Admit("vpc-2", From("10.0.0.4", 9)).ShouldBeTrue("the same address in another network is another guest");

        await first[0].CloseAsync();

        limit.Admit("vpc-1", From("10.0.0.4", 9)).ShouldBeTrue();
        limit.Admit("vpc-1", From("10.0.0.4", 9)).ShouldBeFalse("one that was refused left no room");
    }

    private static Connection From(string address, int port) => new() { RemoteEndPoint = new IPEndPoint(IPAddress.Parse(address), port) };

    private sealed class Connection : DefaultConnectionContext
    {
        private readonly CancellationTokenSource _closed = new();

        public Connection() => ConnectionClosed = _closed.Token;

        public Task CloseAsync() => _closed.CancelAsync();

        public override ValueTask DisposeAsync()
        {
            _closed.Dispose();
            return base.DisposeAsync();
        }
    }
}
