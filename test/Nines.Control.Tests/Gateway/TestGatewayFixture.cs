namespace Nines.Control.Tests.Gateway;

/// <summary>One gateway for the tests of a class.</summary>
public sealed class TestGatewayFixture : IAsyncLifetime
{
    internal TestGateway Gateway { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Gateway = await TestGateway.StartAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => Gateway.DisposeAsync();
}
