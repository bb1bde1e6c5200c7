using Nines.Control.Services.Ec2.Credits;
using Nines.Control.Services.Ec2.InstanceTypes;

namespace Nines.Control.Tests.Services.Ec2.Credits;

/// <summary>AWS's table: EC2 User Guide, Key concepts and definitions for burstable performance instances.</summary>
public sealed class CreditRateTests
{
    // Type, credits earned per hour, most credits kept, virtual processors, baseline of each in percent.
    private const string Table = """
        t2.nano 3 72 1 5
        t2.micro 6 144 1 10
        t2.small 12 288 1 20
        t2.medium 24 576 2 20
        t2.large 36 864 2 30
        t2.xlarge 54 1296 4 22.5
        t2.2xlarge 81.6 1958.4 8 17
        t3.nano 6 144 2 5
        t3.micro 12 288 2 10
        t3.small 24 576 2 20
        t3.medium 24 576 2 20
        t3.large 36 864 2 30
        t3.xlarge 96 2304 4 40
        t3.2xlarge 192 4608 8 40
        t3a.nano 6 144 2 5
        t3a.micro 12 288 2 10
        t3a.small 24 576 2 20
        t3a.medium 24 576 2 20
        t3a.large 36 864 2 30
        t3a.xlarge 96 2304 4 40
        t3a.2xlarge 192 4608 8 40
        """;

    [Fact]
    public void Every_T_type_earns_and_keeps_what_AWS_says() => InstanceTypeCatalog.All.Where(type => type.IsBurstable).OrderBy(type => type.Name, StringComparer.Ordinal).Select(Line)
        .ShouldBe(Table.Split('\n').Order(StringComparer.Ordinal));

    [Fact]
    public void T2_types_get_30_credits_for_each_processor_with_a_start()
    {
        CreditRate.Of("t2.micro")!.Value.LaunchCredits.ShouldBe(30);
        CreditRate.Of("t2.xlarge")!.Value.LaunchCredits.ShouldBe(120);
        CreditRate.Of("t3.micro")!.Value.LaunchCredits.ShouldBe(0);
    }

    [Fact]
    public void Other_types_have_no_credits() => CreditRate.Of("c5.large").ShouldBeNull();

    private static string Line(InstanceType type)
    {
        var rate = CreditRate.Of(type.Name)!.Value;
        return FormattableString.Invariant($"{type.Name} {rate.PerHour:0.#} {rate.Maximum:0.#} {type.VCpus} {(double)rate.BaselinePercent / type.VCpus:0.#}");
    }
}
