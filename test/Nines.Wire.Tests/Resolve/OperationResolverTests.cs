using Nines.Api;
using Nines.Api.Ec2;
using Nines.Api.Sts;
using Nines.Wire.Resolve;
using Nines.Wire.Schemas;

namespace Nines.Wire.Tests.Resolve;

public class OperationResolverTests
{
    private static readonly OperationResolver s_resolver = AwsServices.CreateResolver();

    [Fact]
    public void Finds_the_operation_by_signature_and_action()
    {
        var found = s_resolver.Resolve(Requests.Form("Action=DescribeInstances&Version=2016-11-15", "ec2"));

        found.Error.ShouldBeNull();
        found.Operation.ShouldBe(Ec2Api.DescribeInstances);
        found.Protocol.Kind.ShouldBe(ProtocolKind.Ec2);
    }

    [Fact]
    public void Finds_the_operation_of_a_presigned_url()
    {
        var found = s_resolver.Resolve(new WireRequest
        {
            Method = "GET",
            QueryString = "Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20260102%2Fus-east-1%2Fsts%2Faws4_request",
        });

        found.Operation.ShouldBe(StsApi.GetCallerIdentity);
    }

    [Theory]
    [InlineData("ec2.us-east-1.amazonaws.com")]
    [InlineData("ec2.localhost:4566")]
    public void Finds_the_service_by_host_when_nothing_is_signed(string host)
    {
        var found = s_resolver.Resolve(new WireRequest { Method = "GET", Host = host, QueryString = "Action=DescribeRegions" });

        found.Operation.ShouldBe(Ec2Api.DescribeRegions);
    }

    [Theory]
    [InlineData("127.0.0.1:4566")]
    [InlineData("localhost")]
    [InlineData("cloud.example.com")]
    public void Finds_the_service_by_version_when_nothing_else_tells(string host)
    {
        var found = s_resolver.Resolve(new WireRequest { Method = "GET", Host = host, QueryString = "Action=DescribeRegions&Version=2016-11-15" });

        found.Operation.ShouldBe(Ec2Api.DescribeRegions);
    }

    [Fact]
    public void Answers_an_older_version_of_the_api_with_todays()
    {
        s_resolver.Resolve(Requests.Form("Action=DescribeRegions&Version=2014-10-01", "ec2")).Operation.ShouldBe(Ec2Api.DescribeRegions);
    }

    [Theory]
    [InlineData("ec2", "Action=MakeCoffee&Version=2016-11-15", "InvalidAction", "The action MakeCoffee is not valid for this web service.", ProtocolKind.Ec2)]
    [InlineData("ec2", "Version=2016-11-15", "MissingAction", "The request must contain the parameter Action.", ProtocolKind.Ec2)]
    [InlineData("ec2", "Action=&Version=2016-11-15", "MissingAction", "The request must contain the parameter Action.", ProtocolKind.Ec2)]
    [InlineData("ec2", "Action=CreateFleet", "UnsupportedOperation", "Nines does not implement the operation CreateFleet of Amazon Elastic Compute Cloud.", ProtocolKind.Ec2)]
    [InlineData("sts", "Action=MakeCoffee&Version=2011-06-15", "InvalidAction", "Could not find operation MakeCoffee", ProtocolKind.Query)]
    [InlineData("sts", "Action=AssumeRoleWithSAML", "UnsupportedOperation", "Nines does not implement the operation AssumeRoleWithSAML of AWS Security Token Service.", ProtocolKind.Query)]
    [InlineData("iam", "Action=CreateUser&Version=2010-05-08", "UnsupportedOperation", "Nines does not implement the operation CreateUser of AWS Identity and Access Management.", ProtocolKind.Query)]
    [InlineData("elasticloadbalancing", "Action=DescribeLoadBalancers&Version=2015-12-01", "UnsupportedOperation", "Nines does not implement the operation DescribeLoadBalancers of Elastic Load Balancing.", ProtocolKind.Query)]
    [InlineData("sqs", "Action=SendMessage&Version=2012-11-05", "UnsupportedOperation", "Nines does not implement the operation SendMessage of Amazon Simple Queue Service.", ProtocolKind.Query)]
    [InlineData("ec2", "Action=%zz", "MalformedQueryString", "A percent sign is not followed by two hexadecimal digits.", ProtocolKind.Ec2)]
    public void Says_why_a_query_cannot_be_carried_out(string service, string form, string code, string message, ProtocolKind protocol)
    {
        var found = s_resolver.Resolve(Requests.Form(form, service));

        found.Operation.ShouldBeNull();
        (found.Error!.Code, found.Error.Message, found.Error.Status, found.Protocol.Kind).ShouldBe((code, message, 400, protocol));
    }

    [Theory]
    [InlineData("DynamoDB_20120810.PutItem", "application/x-amz-json-1.0", "UnsupportedOperationException", ProtocolKind.Json10)]
    [InlineData("DynamoDB_20120810.MakeCoffee", "application/x-amz-json-1.0", "UnknownOperationException", ProtocolKind.Json10)]
    [InlineData("Nobody.MakeCoffee", "application/x-amz-json-1.1", "UnknownOperationException", ProtocolKind.Json11)]
    [InlineData("", "application/x-amz-json-1.1", "UnknownOperationException", ProtocolKind.Json11)]
    public void Says_why_a_json_call_cannot_be_carried_out(string target, string contentType, string code, ProtocolKind protocol)
    {
        var headers = Requests.Headers(contentType, "dynamodb");
        headers.Add("X-Amz-Target", target);

        var found = s_resolver.Resolve(new WireRequest { Headers = headers });

        (found.Error!.Code, found.Error.Status, found.Protocol.Kind).ShouldBe((code, 400, protocol));
    }

    [Fact]
    public void Says_why_a_cbor_call_cannot_be_carried_out()
    {
        var headers = Requests.Headers("application/cbor", "monitoring");
        headers.Add("smithy-protocol", "rpc-v2-cbor");

        var found = s_resolver.Resolve(new WireRequest { Path = "/service/GraniteServiceVersion20100801/operation/PutMetricData", Headers = headers });

        (found.Error!.Code, found.OperationName, found.Service!.Id, found.Protocol.Kind).ShouldBe(("UnsupportedOperationException", "PutMetricData", "cloudwatch", ProtocolKind.RpcV2Cbor));
    }

    [Theory]
    [InlineData("lambda", "POST", "/2015-03-31/functions/f/invocations", "UnsupportedOperationException", 400, "Invoke")]
    [InlineData("lambda", "BREW", "/coffee", "UnknownOperationException", 400, "BREW /coffee")]
    [InlineData("s3", "GET", "/bucket/key", "NotImplemented", 400, "GetObject")]
    [InlineData("s3", "BREW", "/bucket/key", "MethodNotAllowed", 405, "BREW /bucket/key")]
    public void Says_why_a_rest_call_cannot_be_carried_out(string service, string method, string path, string code, int status, string operation)
    {
        var found = s_resolver.Resolve(new WireRequest { Method = method, Path = path, Headers = Requests.Headers(null, service) });

        (found.Error!.Code, found.Error.Status, found.OperationName).ShouldBe((code, status, operation));
    }

    [Fact]
    public void Looks_for_a_path_where_a_query_service_and_a_rest_service_share_their_signing_name()
    {
        var found = s_resolver.Resolve(new WireRequest { Path = "/v2/email/outbound-emails", Headers = Requests.Headers("application/json", "ses"), Body = "{}"u8.ToArray() });

        (found.Service!.Id, found.OperationName, found.Protocol.Kind).ShouldBe(("sesv2", "SendEmail", ProtocolKind.RestJson));
        s_resolver.Resolve(Requests.Form("Action=SendEmail&Version=2010-12-01", "ses")).Service!.Id.ShouldBe("ses");
    }

    [Theory]
    [InlineData("2012-06-01", "elb")]
    [InlineData("2015-12-01", "elbv2")]
    public void Tells_services_with_one_signing_name_apart_by_their_version(string version, string service) =>
        s_resolver.Resolve(Requests.Form("Action=DescribeLoadBalancers&Version=" + version, "elasticloadbalancing")).Service!.Id.ShouldBe(service);

    [Fact]
    public void Does_not_look_into_an_object_that_happens_to_be_a_form()
    {
        var found = s_resolver.Resolve(new WireRequest
        {
            Method = "PUT",
            Path = "/bucket/key",
            Headers = Requests.Headers("application/x-www-form-urlencoded", "s3"),
            Body = "Action=%zz"u8.ToArray(),
        });

        (found.OperationName, found.Error!.Code).ShouldBe(("PutObject", "NotImplemented"));
    }

    [Fact]
    public void Tells_operations_with_one_path_apart_by_their_required_headers()
    {
        var headers = Requests.Headers(null, "s3");
        headers.Add("x-amz-copy-source", "/bucket/other");

        s_resolver.Resolve(new WireRequest { Method = "PUT", Path = "/bucket/key", Headers = headers }).OperationName.ShouldBe("CopyObject");
    }

    [Fact]
    public void Answers_a_request_that_says_nothing()
    {
        var found = s_resolver.Resolve(new WireRequest { Method = "GET", Host = "127.0.0.1" });

        (found.Service, found.Error!.Code).ShouldBe((null, "MissingAction"));
    }

    [Fact]
    public void Knows_every_operation_of_every_service_and_answers_none_with_a_server_error()
    {
        var catalogue = AwsServices.LoadCatalogue();

        catalogue.Services.Count.ShouldBeGreaterThan(380);
        catalogue.Services.Sum(service => service.Operations.Count).ShouldBeGreaterThan(15_000);
        foreach (var service in catalogue.Services.Where(service => service.Descriptor.Protocol is ProtocolKind.Query or ProtocolKind.Ec2))
        {
            foreach (var name in service.Operations.Keys.Where(name => service.Descriptor.Find(name) is null))
            {
                var found = s_resolver.Resolve(Requests.Form($"Action={name}&Version={service.Descriptor.ApiVersion}", service.Descriptor.SigningName));
                (found.Error!.Code, found.Error.Status).ShouldBe(("UnsupportedOperation", 400), name);
            }
        }
    }
}
