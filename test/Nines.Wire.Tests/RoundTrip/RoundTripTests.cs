using FsCheck;
using FsCheck.Fluent;
using Nines.Wire.Protocols;
using Nines.Wire.Schemas;

namespace Nines.Wire.Tests.RoundTrip;

/// <summary>Every shape of every operation survives every protocol, as a request and as a result.</summary>
public class RoundTripTests
{
    private static readonly IReadOnlyList<ServiceDescriptor> s_services = [.. Nines.Api.AwsServices.Implemented, .. Generated.AwsServices.Implemented];

    public static TheoryData<string, string, ProtocolKind> Cases { get; } = [.. s_services.SelectMany(service => service.Operations)
        .SelectMany(operation => Enum.GetValues<ProtocolKind>().Select(protocol => (operation.Service.Id, operation.Name, protocol)))];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_request_comes_back_as_it_was_sent(string service, string name, ProtocolKind kind)
    {
        var operation = Find(service, name);
        var protocol = WireProtocol.For(kind);
        Check(kind, reader =>
        {
            var sent = operation.ReadInput(reader);
            return (sent, protocol.ReadInput(operation, protocol.WriteInput(operation, sent)));
        });
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_result_comes_back_as_it_was_answered(string service, string name, ProtocolKind kind)
    {
        var operation = Find(service, name);
        var protocol = WireProtocol.For(kind);
        Check(kind, reader =>
        {
            var answered = operation.ReadOutput(reader);
            using var response = protocol.WriteOutput(operation, answered, "00000000-0000-0000-0000-000000000000");
            return (answered, protocol.ReadOutput(operation, response));
        });
    }

    private static Operation Find(string service, string name) => s_services.First(candidate => candidate.Id == service).Find(name)!;

    private static void Check(ProtocolKind kind, Func<ShapeReader, (IShape Before, IShape After)> trip)
    {
        var isRest = kind is ProtocolKind.RestJson or ProtocolKind.RestXml;
        var property = Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var (before, after) = trip(new RandomShapeReader(new Random(seed), isRest));
            var (expected, actual) = (CanonicalText.Of(before), CanonicalText.Of(after));
            return (expected == actual).Label($"before:\n{expected}\nafter:\n{actual}");
        });
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(15).WithQuietOnSuccess(true), property);
    }
}
