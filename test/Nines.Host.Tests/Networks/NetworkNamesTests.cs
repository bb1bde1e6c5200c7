using Nines.Host.Networks;

namespace Nines.Host.Tests.Networks;

public sealed class NetworkNamesTests
{
    private readonly NetworkNames _names = new("12345678");

    [Fact]
    public void Links_fit_into_fifteen_characters()
    {
        NetworkNames.TapOf("eni-0123456789abcdef0").ShouldBe("tap56789abcdef0");
        NetworkNames.VpcLinkOf("vpc-0123456789abcdef0").ShouldBe("v-56789abcdef0");
        _names.MachineLink.ShouldBe("nines12345678");
    }

    [Fact]
    public void A_network_is_found_by_its_namespace_and_another_clouds_is_not()
    {
        _names.VpcOf(_names.NamespaceOf("vpc-0123456789abcdef0")).ShouldBe("vpc-0123456789abcdef0");
        _names.VpcOf(_names.GatewayNamespace).ShouldBeNull();
        _names.VpcOf(new NetworkNames("87654321").NamespaceOf("vpc-0123456789abcdef0")).ShouldBeNull();
    }
}
