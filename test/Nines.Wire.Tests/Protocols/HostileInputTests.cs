using System.Globalization;
using System.Text;
using Nines.Api;
using Nines.Api.Ec2;
using Nines.Wire.Protocols;
using Nines.Wire.Resolve;
using Nines.Wire.Schemas;
using Nines.Wire.Tests.Generated.Cloudwatch;
using Nines.Wire.Tests.Generated.Dynamodb;
using Nines.Wire.Tests.Generated.S3;

namespace Nines.Wire.Tests.Protocols;

/// <summary>What an attacker sends gets a 4xx at once, and costs no more memory than it brought.</summary>
public class HostileInputTests
{
    private static readonly OperationResolver s_resolver = AwsServices.CreateResolver();

    [Fact]
    public void A_huge_list_index_is_just_a_name()
    {
        var input = (DescribeInstancesRequest)Ec2("InstanceId.1000000000=i-2&InstanceId.7=i-1");

        input.InstanceIds.ShouldBe(["i-1", "i-2"]);
    }

    [Theory]
    [InlineData("InstanceId.99999999999999999999=i-1", "UnknownParameter")]
    [InlineData("InstanceId.-1=i-1", "UnknownParameter")]
    [InlineData("InstanceId.+1=i-1", "UnknownParameter")]
    [InlineData("InstanceId..1=i-1", "UnknownParameter")]
    [InlineData("InstanceId=i-1", "UnknownParameter")]
    [InlineData("InstanceId.1.2=i-1", "InvalidParameterValue")]
    [InlineData("MaxResults.1=5", "InvalidParameterValue")]
    [InlineData("Filter=x", "UnknownParameter")]
    [InlineData("Filter.1=x", null)]
    [InlineData("=x", "UnknownParameter")]
    [InlineData(".=x", "UnknownParameter")]
    [InlineData("&&&", null)]
    [InlineData("DryRun", "InvalidParameterValue")]
    [InlineData("NextToken=%ff%fe", "MalformedQueryString")]
    [InlineData("NextToken=%e4", "MalformedQueryString")]
    [InlineData("NextToken=%", "MalformedQueryString")]
    [InlineData("NextToken=%u0041", "MalformedQueryString")]
    [InlineData("NextToken=%ed%a0%80", "MalformedQueryString")]
    public void Crooked_parameters_have_their_error(string form, string? code) => Code(() => Ec2(form)).ShouldBe(code);

    [Fact]
    public void Ten_thousand_parameters_are_too_many() =>
        Refuses("ec2", "Action=DescribeInstances&" + string.Join('&', Enumerable.Range(1, 10_000).Select(index => $"InstanceId.{index}=i")), "MalformedQueryString");

    [Fact]
    public void A_thousand_ids_are_not() =>
        ((DescribeInstancesRequest)Ec2(string.Join('&', Enumerable.Range(1, 1000).Select(index => $"InstanceId.{index}=i")))).InstanceIds!.Count.ShouldBe(1000);

    [Fact]
    public void Names_may_not_be_deep() => Code(() => Ec2(string.Join('.', Enumerable.Repeat("a", 100)) + "=1")).ShouldBe("MalformedQueryString");

    [Fact]
    public void Names_may_not_be_long() => Refuses("ec2", new string('a', 5000) + "=1", "MalformedQueryString");

    [Fact]
    public void Many_names_may_not_have_many_different_parts()
    {
        var form = string.Join('&', Enumerable.Range(0, 4000).Select(index => string.Join('.', Enumerable.Range(0, 30).Select(part => $"{index}{part}")) + "=1"));

        Code(() => Ec2(form)).ShouldBe("MalformedQueryString");
    }

    [Fact]
    public void A_hundred_megabytes_of_ampersands_are_nothing()
    {
        var body = new byte[100 << 20];
        Array.Fill(body, (byte)'&');
        var request = new WireRequest { Headers = Requests.Headers("application/x-www-form-urlencoded", "ec2"), Body = body };

        var before = GC.GetAllocatedBytesForCurrentThread();
        var found = s_resolver.Resolve(request);

        found.Error!.Code.ShouldBe("MissingAction");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(20 << 20);
    }

    [Theory]
    [InlineData("<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">]><Tagging><TagSet>&b;</TagSet></Tagging>")]
    [InlineData("<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><Tagging/>")]
    [InlineData("<Tagging>")]
    [InlineData("<Tagging></Delete>")]
    [InlineData("<Tagging>&undefined;</Tagging>")]
    [InlineData("<Tagging>\u0001</Tagging>")]
    [InlineData("not xml")]
    [InlineData("<a/><b/>")]
    public void Bad_xml_is_refused(string body) => Code(() => PutTagging(Encoding.UTF8.GetBytes(body))).ShouldBe("MalformedXML");

    [Fact]
    public void Xml_may_not_be_deep() => Code(() => PutTagging(Encoding.UTF8.GetBytes(Repeat("<a>", 100_000)))).ShouldBe("MalformedXML");

    [Fact]
    public void Xml_may_not_have_a_million_elements() => Code(() => PutTagging(Encoding.UTF8.GetBytes("<a>" + Repeat("<b/>", 1_000_000) + "</a>"))).ShouldBe("MalformedXML");

    [Fact]
    public void Xml_must_be_utf8() => Code(() => PutTagging([.. "<Tagging><TagSet><Tag><Key>"u8, 0xFF, 0xFE, .. "</Key></Tag></TagSet></Tagging>"u8])).ShouldBe("MalformedXML");

    [Theory]
    [InlineData("[")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("{\"TableName\":7}")]
    [InlineData("{\"Item\":[]}")]
    [InlineData("{\"Item\":{\"a\":\"b\"}}")]
    [InlineData("{\"Item\":{\"a\":{\"B\":\"not base64\"}}}")]
    [InlineData("{\"Item\":{\"a\":{\"BOOL\":\"true\"}}}")]
    [InlineData("{\"TableName\":\"\\ud800\"}")]
    [InlineData("{\"TableName\":\"a\"} trailing")]
    public void Bad_json_is_refused(string body) => Code(() => PutItem(Encoding.UTF8.GetBytes(body))).ShouldBe("SerializationException");

    [Fact]
    public void Json_must_be_utf8() => Code(() => PutItem([.. "{\"TableName\":\""u8, 0xFF, .. "\"}"u8])).ShouldBe("SerializationException");

    [Fact]
    public void Json_may_not_be_deep() => Code(() => PutItem(Encoding.UTF8.GetBytes("{\"Item\":{\"a\":" + Repeat("{\"L\":[", 100_000)))).ShouldBe("SerializationException");

    [Fact]
    public void Json_may_not_have_a_million_values() =>
        Code(() => PutItem(Encoding.UTF8.GetBytes("{\"Item\":{\"a\":{\"L\":[" + Repeat("{},", 1_000_000) + "{}]}}}"))).ShouldBe("SerializationException");

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("FF")]
    [InlineData("BF")]
    [InlineData("BF69")]
    [InlineData("A1694E616D6573706163657B7FFFFFFFFFFFFFFF")]
    [InlineData("A1694E616D657370616365BB7FFFFFFFFFFFFFFF")]
    [InlineData("A1694E616D65737061636562C328")]
    [InlineData("A16A4D6574726963446174619B7FFFFFFFFFFFFFFF")]
    [InlineData("A16A4D65747269634461746120")]
    [InlineData("A16A4D6574726963446174611C")]
    [InlineData("A16A4D6574726963446174617F01FF")]
    public void Bad_cbor_is_refused(string hex) =>
        Code(() => PutMetricData(Convert.FromHexString(hex))).ShouldBe(hex.Length == 0 ? "ValidationException" : "SerializationException");

    [Fact]
    public void Cbor_may_not_be_deep()
    {
        var deep = Enumerable.Repeat((byte)0x81, 1_000_000);

        Code(() => PutMetricData([0xA1, 0x61, (byte)'x', .. deep])).ShouldBe("SerializationException");
    }

    [Fact]
    public void Cbor_may_not_have_millions_of_items()
    {
        var many = Enumerable.Repeat((byte)0x00, 2_000_000);

        Code(() => PutMetricData([0xA1, 0x61, (byte)'x', 0x9F, .. many, 0xFF])).ShouldBe("SerializationException");
    }

    [Fact]
    public void Random_bytes_are_refused_by_every_protocol_or_read_but_never_crash_it()
    {
        var random = new Random(20260102);
        foreach (var kind in Enum.GetValues<ProtocolKind>())
        {
            for (var attempt = 0; attempt < 400; attempt++)
            {
                var body = new byte[random.Next(200)];
                random.NextBytes(body);
                var request = new WireRequest { Headers = Requests.Headers("application/x-www-form-urlencoded"), Body = body };

                // Anything but an AwsException fails the test.
                Code(() => WireProtocol.For(kind).ReadInput(Ec2Api.RunInstances, request)).ShouldNotBe("InternalError");
            }
        }
    }

    [Fact]
    public void A_real_request_with_flipped_bits_is_refused_or_read_but_crashes_nothing()
    {
        var random = new Random(20260103);
        foreach (var kind in Enum.GetValues<ProtocolKind>())
        {
            var protocol = WireProtocol.For(kind);
            for (var attempt = 0; attempt < 100; attempt++)
            {
                var sent = protocol.WriteInput(Ec2Api.RunInstances, Ec2Api.RunInstances.ReadInput(new RoundTrip.RandomShapeReader(random, rest: false)));
                var body = sent.Body.ToArray();
                for (var flips = random.Next(1, 4); flips > 0; flips--)
                {
                    body[random.Next(body.Length)] ^= (byte)(1 << random.Next(8));
                }

                Code(() => protocol.ReadInput(Ec2Api.RunInstances, new WireRequest { Headers = sent.Headers, Body = body })).ShouldNotBe("InternalError");
            }
        }
    }

    private static IShape Ec2(string form) => WireProtocol.For(ProtocolKind.Ec2).ReadInput(Ec2Api.DescribeInstances, Requests.Form(form));

    private static IShape PutTagging(byte[] body) =>
        WireProtocol.For(ProtocolKind.RestXml).ReadInput(S3Api.PutBucketTagging, new WireRequest { Method = "PUT", Path = "/b", QueryString = "tagging", Body = body });

    private static IShape PutItem(byte[] body) => WireProtocol.For(ProtocolKind.Json10).ReadInput(DynamodbApi.PutItem, new WireRequest { Body = body });

    private static IShape PutMetricData(byte[] body) => WireProtocol.For(ProtocolKind.RpcV2Cbor).ReadInput(CloudwatchApi.PutMetricData, new WireRequest { Body = body });

    private static void Refuses(string service, string form, string code) => s_resolver.Resolve(Requests.Form(form, service)).Error!.Code.ShouldBe(code);

    private static string? Code(Func<IShape> read)
    {
        try
        {
            read();
            return null;
        }
        catch (AwsException fault)
        {
            fault.Status.ShouldBeInRange(400, 499, fault.Code.ToString(CultureInfo.InvariantCulture));
            return fault.Code;
        }
    }

    private static string Repeat(string text, int count) => new StringBuilder(text.Length * count).Insert(0, text, count).ToString();
}
